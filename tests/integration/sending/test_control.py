"""Pause, cancel and change of rate while two workers send: when the simulator's own log says they took effect."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.settings import Settings
from models.campaigns.control import cancel, cancel_planned, change_rate, pause, resume
from models.campaigns.tables import RunState
from models.columns import utc_now
from models.messages.overdue import expire_overdue
from tasks.equipment import Equipment, open_equipment
from tests.fixtures.campaigns import Sending
from tests.fixtures.sending import Start
from tests.simulator.running import Twilio

EFFECTIVE = 1.0
"""Seconds' worth of messages within which an order holds on all workers."""
LATEST = 2.0
"""Seconds after which nothing begins any more, however busy the machine that plays workers and Twilio is."""
Order = Callable[[AsyncConnection], Awaitable[Any]]


@asynccontextmanager
async def two_workers(sending: Sending, settings: Settings) -> AsyncIterator[None]:
    """Two workers with connections of their own, as two processes have; ends when both have nothing to do."""
    async with open_equipment(settings) as one, open_equipment(settings) as other, asyncio.TaskGroup() as group:
        for equipment in (one, other):
            group.create_task(sending.chunk(equipment, most=1_000))
        yield


@pytest.fixture
def fast(start: Start) -> Start:
    """Starts a campaign whose sender is never the bound."""

    async def started(people: int, **options: Any) -> Sending:
        sending = await start(people, **options)
        async with sending.engine.begin() as connection:
            await connection.execute(text("UPDATE budgets SET rate = 1000 WHERE key LIKE 'sender:%'"))
        return sending

    return started


async def commit(sending: Sending, order: Order) -> float:
    """Carries the order out; returns when it was committed (CLOCK_MONOTONIC, as the simulator's log)."""
    async with sending.engine.begin() as connection:
        await order(connection)
    return asyncio.get_running_loop().time()


async def begun(twilio: Twilio) -> list[float]:
    return sorted(float(entry["received_monotonic"]) for entry in (await twilio.get("messages"))["messages"])


async def until_begun(twilio: Twilio, requests: int) -> None:
    for _ in range(300):
        if len(await begun(twilio)) >= requests:
            return
        await asyncio.sleep(0.1)
    pytest.fail("too few requests in half a minute")


def per_second(moments: list[float], since: float, until: float) -> float:
    return sum(since <= moment < until for moment in moments) / (until - since)


@pytest.mark.parametrize("rate", [20.0, 200.0])
async def test_a_pause_holds_within_a_second_on_all_workers(
    fast: Start, sending_settings: Settings, twilio: Twilio, rate: float
) -> None:
    sending = await fast(400, rate=rate)
    async with two_workers(sending, sending_settings):
        await until_begun(twilio, 10)
        told = await commit(sending, lambda c: pause(c, sending.run, reason="wrong price", now=utc_now()))
    moments = await begun(twilio)
    assert moments[0] < told
    late = [moment - told for moment in moments if moment > told]
    assert len(late) <= rate * EFFECTIVE
    assert max(late, default=0.0) < LATEST
    states = await sending.states()
    assert states["claimed"] == 0
    assert states["planned"] == 400 - len(moments)


async def test_what_was_paused_goes_on_and_reaches_everyone_once(
    fast: Start, sending_settings: Settings, twilio: Twilio
) -> None:
    sending = await fast(200, rate=200.0)
    async with two_workers(sending, sending_settings):
        await until_begun(twilio, 50)
        await commit(sending, lambda c: pause(c, sending.run, reason="wait", now=utc_now()))
    paused = await sending.reload()
    assert paused.state is RunState.PAUSED
    await commit(sending, lambda c: resume(c, paused, now=utc_now()))
    async with two_workers(sending, sending_settings):
        pass
    to = [entry["to"] for entry in (await twilio.get("messages"))["messages"]]
    assert (len(to), len(set(to))) == (200, 200)


async def test_a_cancel_holds_within_a_second_and_is_for_good(
    fast: Start, sending_settings: Settings, twilio: Twilio
) -> None:
    sending = await fast(400, rate=200.0)
    async with two_workers(sending, sending_settings):
        await until_begun(twilio, 50)
        told = await commit(sending, lambda c: cancel(c, sending.run, reason="sold out", now=utc_now()))
        await commit(sending, lambda c: cancel_planned(c, sending.run.id, now=utc_now()))
    moments = await begun(twilio)
    assert moments[0] < told
    late = [moment - told for moment in moments if moment > told]
    assert len(late) <= 200.0 * EFFECTIVE
    assert max(late, default=0.0) < LATEST
    states = await sending.states()
    assert states == {"accepted": len(moments), "canceled": 400 - len(moments)}


async def test_what_a_stopped_worker_gives_back_after_a_cancel_is_canceled(
    start: Start, equipment: Equipment, twilio: Twilio
) -> None:
    sending = await start(40, rate=10.0)
    chunk = asyncio.create_task(sending.chunk(equipment))
    await asyncio.sleep(0.3)
    await commit(sending, lambda c: cancel(c, sending.run, reason="sold out", now=utc_now()))
    chunk.cancel()
    with pytest.raises(asyncio.CancelledError):
        await chunk
    states = await sending.states()
    sent = len(await begun(twilio))
    assert states["canceled"] > 0
    assert states == {"accepted": sent, "canceled": states["canceled"], "planned": 40 - sent - states["canceled"]}
    async with sending.engine.begin() as connection:
        assert await expire_overdue(connection, now=utc_now()) == states["planned"]
    assert await sending.states() == {"accepted": sent, "canceled": 40 - sent}


@pytest.mark.alone
@pytest.mark.parametrize(
    ("before", "after", "least", "most"),
    [pytest.param(50.0, 200.0, 100.0, 220.0, id="faster"), pytest.param(100.0, 20.0, 5.0, 27.0, id="slower")],
)
async def test_a_new_rate_holds_within_a_second(
    fast: Start, sending_settings: Settings, twilio: Twilio, before: float, after: float, least: float, most: float
) -> None:
    """`least` and `most` a second are seen: a busy machine may send slower than it may, never faster."""
    sending = await fast(600, rate=before)
    async with two_workers(sending, sending_settings):
        await until_begun(twilio, int(before / 2))
        told = await commit(sending, lambda c: change_rate(c, sending.run, after, now=utc_now()))
        await asyncio.sleep(EFFECTIVE + 1.5)
        await commit(sending, lambda c: cancel(c, sending.run, reason="enough seen", now=utc_now()))
    moments = await begun(twilio)
    seen = per_second(moments, told + EFFECTIVE, told + EFFECTIVE + 1.5)
    assert least <= seen <= most
