"""Killed while it hands messages over and while it cancels them: each is kept once, and none is left."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.columns import utc_now
from models.messages.direct.planning import plan_many
from models.reminders.withdrawing import withdraw
from tasks.direct import send_direct
from tasks.equipment import Equipment
from tasks.scheduled_at_twilio import cancel_withdrawn
from tasks.settling import settle_all
from tests.fixtures.sending import Start
from tests.integration.direct.killed import killed_when
from tests.integration.direct.posting import draft, posting
from tests.integration.population import phone
from tests.integration.settling.conftest import hasty
from tests.simulator.running import Twilio, until

__all__ = ["hasty"]

PEOPLE, BEFORE_THE_KILL = 80, 20

_IDS = text("SELECT id FROM messages ORDER BY id")
_STATES = text("SELECT state::text FROM messages")


async def _states(connection: AsyncConnection) -> Counter[str]:
    return Counter((await connection.execute(_STATES)).scalars())


async def _hand_over(tools: Equipment, twilio: Twilio) -> None:
    """All of it, by one that is killed and one that goes on."""

    async def some_taken() -> bool:
        return int((await twilio.get("stats")).get("accepted", 0)) >= BEFORE_THE_KILL

    async def all_kept() -> bool:
        await send_direct(tools, idle_seconds=0.1)
        await settle_all(tools)
        async with tools.engine.connect() as connection:
            return await _states(connection) == {"scheduled": PEOPLE}

    await twilio.set(latency={"low": 0.05, "high": 0.2})
    await killed_when(some_taken, tools.settings)
    assert (await twilio.get("stats"))["accepted"] < PEOPLE, "the kill came too late to prove anything"
    await until(all_kept, seconds=30.0)


async def _cancel(tools: Equipment, twilio: Twilio) -> None:
    async def some_canceled() -> bool:
        return int((await twilio.get("stats")).get("reached_canceled", 0)) >= BEFORE_THE_KILL

    async with tools.engine.begin() as connection:
        await withdraw(connection, (await connection.execute(_IDS)).scalars().all(), now=utc_now())
    await killed_when(some_canceled, tools.settings)
    assert (await twilio.get("stats"))["reached_canceled"] < PEOPLE, "the kill came too late to prove anything"

    async def all_canceled() -> bool:
        await cancel_withdrawn(tools)
        async with tools.engine.connect() as connection:
            return await _states(connection) == {"canceled": PEOPLE}

    await until(all_canceled, seconds=30.0)


@pytest.mark.long
async def test_nobody_has_two_and_nothing_is_left(start: Start, hasty: Equipment, twilio: Twilio) -> None:
    organization_id = (await start(0)).organization_id
    drafts = [draft(number) for number in range(PEOPLE)]
    later = posting(organization_id, send_after=utc_now() + timedelta(hours=2), schedule_at_twilio=True)
    async with hasty.engine.begin() as connection:
        await plan_many(connection, drafts, later)
    await _hand_over(hasty, twilio)
    await _cancel(hasty, twilio)
    entries = (await twilio.get(f"messages?limit={PEOPLE * 2}"))["messages"]
    taken = [entry for entry in entries if entry["sid"]]
    assert Counter(entry["to"] for entry in taken) == Counter(phone(number) for number in range(PEOPLE))
    assert {entry["message_status"] for entry in taken} == {"canceled"}
