"""Whoever waits for a campaign is told that it waits for the morning, and is not told that it failed."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.prefect_runs import FlowRun
from cli import watching
from cli.progress import in_words
from cli.watching import Glance, watch
from models.campaigns.runs import ensure_run
from models.campaigns.tables import ONCE, Campaign
from models.columns import utc_now
from tests.integration.population import add_campaign, add_contact, phone

_HELD = text("""
    INSERT INTO messages (organization_id, direction, state, phone, country, channel, contact_id, campaign_run_id,
        send_after, held_for, created_at, updated_at)
    SELECT r.organization_id, 'outbound', 'planned', ct.phone, ct.country, 'sms', ct.id, r.id, :until,
        'quiet_hours', now(), now()
    FROM campaign_runs r JOIN contacts ct USING (organization_id)
""")


async def _held_campaign(engine: AsyncEngine) -> Campaign:
    async with engine.begin() as connection:
        organization_id = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
        for person in (0, 1):
            await add_contact(connection, organization_id, phone(person))
        campaign = await add_campaign(connection, organization_id)
        await ensure_run(connection, campaign, occurrence=ONCE, now=utc_now())
        await connection.execute(text("UPDATE campaign_runs SET planned_at = now(), state = 'sending'"))
        await connection.execute(_HELD, {"until": utc_now() + timedelta(hours=10)})
    return campaign


async def test_the_night_is_waited_for_although_no_flow_run_is_at_work(
    committed: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "POLL_HELD_SECONDS", 0.01)
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(watching, "TAKEN_UP_SECONDS", 0.0)
    campaign = await _held_campaign(committed)
    shown: list[Glance] = []
    asked = count()

    async def ended_flow_run() -> FlowRun:
        if next(asked) == 3:
            await _send_all(committed)
        return FlowRun(state_type="COMPLETED")

    ended = await watch(
        committed, campaign_id=campaign.id, occurrence=ONCE, flow_run=ended_flow_run, show=shown.append
    )
    assert (ended.exit_status, ended.problem) == (0, None)
    assert len(shown) == 4
    words = in_words(shown[0])
    assert words.startswith("2 wait for ")
    assert words.endswith(" in New York")
    assert in_words(shown[-1]) == "2 sent"


async def _send_all(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE messages SET state = 'sent', held_for = NULL"))


async def test_what_is_due_and_left_by_everyone_is_told_as_before(
    committed: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "TAKEN_UP_SECONDS", 0.0)
    campaign = await _held_campaign(committed)
    async with committed.begin() as connection:
        await connection.execute(text("UPDATE messages SET send_after = now() - interval '1 minute'"))

    async def crashed() -> Any:
        return FlowRun(state_type="CRASHED")

    ended = await watch(committed, campaign_id=campaign.id, occurrence=ONCE, flow_run=crashed, show=lambda _: None)
    assert ended.problem == "The flow run is crashed with 2 messages left; start the campaign again to go on."
