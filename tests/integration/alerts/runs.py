"""Runs of campaigns whose messages ended somehow, in one line each."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.alert_rules import AlertRule
from models.campaigns.runs import Run, ensure_run
from models.campaigns.tables import ONCE
from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from tests.integration.outbox import NOW, sid
from tests.integration.population import add_campaign, add_contact, phone

RULE = AlertRule(failure_rate=0.2, opt_out_rate=0.1, minimum=5, window_seconds=3600.0, pause=False)

_MESSAGE = text("""
    INSERT INTO messages (organization_id, direction, state, phone, channel, contact_id, campaign_run_id,
                          sender_id, twilio_sid, created_at, updated_at)
    VALUES (:organization_id, 'outbound', CAST(:state AS message_state), :phone, 'sms', :contact_id, :run_id,
            :sender_id, :sid, :ended_at, :ended_at)
""")


async def add_run(connection: AsyncConnection, organization_id: UUID, **campaign: Any) -> Run:
    """A run that is sending."""
    made = await add_campaign(connection, organization_id, **campaign)
    run = await ensure_run(connection, made, occurrence=ONCE, now=NOW)
    await connection.execute(
        text("UPDATE campaign_runs SET state = 'sending', planned_at = :now WHERE id = :id"),
        {"now": NOW, "id": run.id},
    )
    return run


async def end_messages(
    connection: AsyncConnection, run: Run, states: Sequence[str], *, first: int = 0, minutes_ago: float = 1.0
) -> None:
    """One message to each of the people from the `first` on ended so, that long before `NOW`."""
    for number, state in enumerate(states, start=first):
        contact_id = await add_contact(
            connection, run.organization_id, phone(number), consent={"marketing": "opted_in"}
        )
        values = {"organization_id": run.organization_id, "state": state, "phone": phone(number)}
        places = {"contact_id": contact_id, "run_id": run.id, "sender_id": run.sender_id, "sid": sid(number + 1)}
        when = {"ended_at": NOW - timedelta(minutes=minutes_ago)}
        await connection.execute(_MESSAGE, {**values, **places, **when})


async def say_stop(connection: AsyncConnection, organization_id: UUID, *numbers: int) -> None:
    """These people opt out now."""
    await opt_out(
        connection,
        organization_id=organization_id,
        phones=[phone(number) for number in numbers],
        method=ConsentMethod.KEYWORD,
        source="test",
        message_sids=[None] * len(numbers),
        now=NOW,
    )


async def alerts(connection: AsyncConnection) -> Sequence[Row[Any]]:
    found = await connection.execute(
        text(
            "SELECT kind, campaign_run_id, counted, total, paused, ended_at IS NULL AS is_open"
            " FROM alerts ORDER BY id"
        )
    )
    return found.all()
