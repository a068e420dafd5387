"""Organizations with caps, messages that left before, and several campaigns to the same people."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.templates import Template
from models.campaigns.plan import plan
from models.campaigns.rendering import compile_stored
from models.campaigns.runs import Run, ensure_run
from models.campaigns.tables import ONCE
from models.messages.claim import Claim, claim
from models.policy.store import set_policy
from tests.integration.population import add_campaign

TEMPLATE: Template = compile_stored("Hi {{ first_name }}")


async def cap(
    connection: AsyncConnection, organization_id: UUID, *, messages: int, hours: float, now: datetime
) -> None:
    written = f"caps: {{marketing: [{{messages: {messages}, hours: {hours}}}]}}"
    await set_policy(connection, organization_id, written, actor="a test", now=now)


async def add_message(
    connection: AsyncConnection, organization_id: UUID, contact_id: int, *, at: datetime, **values: Any
) -> None:
    """An outbound marketing message that was claimed at this moment, delivered unless told otherwise."""
    row = {"state": "delivered", "direction": "outbound", "message_type": "marketing", "channel": "sms", **values}
    await connection.execute(
        text("""
            INSERT INTO messages (organization_id, direction, state, phone, channel, message_type, contact_id,
                                  attempted_at, created_at, updated_at)
            SELECT organization_id, :direction, CAST(:state AS message_state), phone, :channel, :message_type, id,
                   :at, :at, :at
            FROM contacts WHERE organization_id = :organization_id AND id = :contact_id
        """),
        {**row, "organization_id": organization_id, "contact_id": contact_id, "at": at},
    )


async def planned(
    connection: AsyncConnection, organization_id: UUID, *, now: datetime, window: timedelta, **campaign: Any
) -> Run:
    made = await add_campaign(connection, organization_id, **campaign)
    run = await ensure_run(connection, made, occurrence=ONCE, now=now)
    await plan(connection, made, run, now=now, window=window)
    return run


async def claimed(connection: AsyncConnection, run: Run, *, now: datetime, most: int = 500) -> Claim:
    return await claim(connection, run.id, template=TEMPLATE, most=most, lease=60, now=now, hours_margin=None)


async def outcome(connection: AsyncConnection, run: Run) -> dict[str, tuple[str, str | None]]:
    """State and skip reason of each number's message of a run."""
    rows = await connection.execute(
        text("SELECT phone, state::text AS state, skip_reason FROM messages WHERE campaign_run_id = :id"),
        {"id": run.id},
    )
    return {row.phone: (row.state, row.skip_reason) for row in rows}
