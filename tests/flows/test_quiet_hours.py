"""A campaign that is started in the night: its flow run ends well, and another sends it in the morning."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from flows.campaign import CampaignOrder, campaign
from flows.send import SendOrder, send
from models.campaigns.starting import find_run
from models.columns import utc_now
from models.policy.store import set_policy
from tests.fixtures.campaigns import Sending
from tests.fixtures.sending import Start

pytestmark = pytest.mark.usefixtures("flow_environment")
ALL_DAY = "00:00-24:00"


async def _hours(sending: Sending, window: str) -> None:
    written = f"quiet_hours:\n  hours:\n    US: {{daily: {window}}}\n  instead_of_the_law: [US]\n"
    async with sending.engine.begin() as connection:
        await set_policy(connection, sending.organization_id, written, actor="a test", now=utc_now())


def _not_now() -> str:
    """An hour of the day that is some hours away in Washington, whenever the test runs."""
    opens = (datetime.now(ZoneInfo("America/New_York")).hour + 6) % 24
    return f"{opens:02}:00-{opens + 1:02}:00"


async def _states(engine: AsyncEngine, run_id: object) -> Counter[tuple[str, str | None]]:
    async with engine.connect() as connection:
        rows = await connection.execute(
            text("SELECT state::text, held_for FROM messages WHERE campaign_run_id = :id"), {"id": run_id}
        )
        return Counter((row.state, row.held_for) for row in rows)


async def test_the_night_is_no_failure(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDINGS_QUIET_HOURS", "on")
    sending = await start(3)
    await _hours(sending, _not_now())
    order = CampaignOrder(campaign=str(sending.run.campaign_id), occurrence="at night")
    state = await campaign(order, return_state=True)
    assert state.is_completed(), state.message
    async with sending.engine.connect() as connection:
        run = await find_run(connection, sending.run.campaign_id, occurrence="at night")
    assert run is not None
    assert await _states(sending.engine, run.id) == Counter({("planned", "quiet_hours"): 3})
    assert run.state == "sending"

    await _hours(sending, ALL_DAY)
    async with sending.engine.begin() as connection:
        await connection.execute(text("UPDATE messages SET send_after = now() - interval '1 second'"))
    morning = await send(SendOrder(run=run.id), return_state=True)
    assert morning.is_completed(), morning.message
    assert await _states(sending.engine, run.id) == Counter({("accepted", None): 3})
    async with sending.engine.connect() as connection:
        run = await find_run(connection, sending.run.campaign_id, occurrence="at night")
    assert run is not None
    assert run.state == "finished"
