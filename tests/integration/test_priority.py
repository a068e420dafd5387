"""What is urgent goes ahead of bulk on a shared sender, however many bulk workers there are."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.pacing import HORIZON, Grant, Urgency, Wait, reserve

RATE = 100.0
KEY = "sender:shared"


async def _budget(connection: AsyncConnection) -> None:
    await connection.execute(
        text("INSERT INTO budgets (key, rate, free_at) VALUES (:key, :rate, clock_timestamp())"),
        {"key": KEY, "rate": RATE},
    )


async def test_bulk_waits_until_the_urgent_one_that_was_refused_has_been_served(
    connection: AsyncConnection,
) -> None:
    await _budget(connection)
    await reserve(connection, [KEY], units=90)
    refused = await reserve(connection, [KEY], units=5, urgency=Urgency.URGENT)
    assert isinstance(refused, Wait)
    await connection.execute(text("UPDATE budgets SET free_at = clock_timestamp() + interval '0.1 s'"))
    assert isinstance(await reserve(connection, [KEY], units=5), Wait), "bulk keeps out"
    served = await reserve(connection, [KEY], units=5, urgency=Urgency.URGENT)
    assert isinstance(served, Grant)
    bulk = await reserve(connection, [KEY], units=5)
    assert isinstance(bulk, Wait)
    assert bulk.seconds == pytest.approx(0.1 + 2 * 5 / RATE, abs=0.03), "until the urgent ones have left"


async def test_an_urgent_one_that_never_comes_back_stops_nobody_for_long(connection: AsyncConnection) -> None:
    await _budget(connection)
    await reserve(connection, [KEY], units=60)
    refused = await reserve(connection, [KEY], units=5, urgency=Urgency.URGENT)
    assert isinstance(refused, Wait)
    bulk = await reserve(connection, [KEY], units=5)
    assert isinstance(bulk, Wait)
    assert bulk.seconds < refused.seconds + 0.3


async def test_a_run_at_its_own_rate_does_not_hold_the_sender(connection: AsyncConnection) -> None:
    await _budget(connection)
    await connection.execute(
        text("INSERT INTO budgets (key, rate, free_at) VALUES ('run:u', 1, clock_timestamp() + interval '9 s')")
    )
    assert isinstance(await reserve(connection, ["run:u", KEY], units=1, urgency=Urgency.URGENT), Wait)
    assert isinstance(await reserve(connection, [KEY], units=1), Grant)


async def _until(end: float, ask: Callable[[], Awaitable[Grant | Wait]], granted: list[Grant]) -> None:
    loop = asyncio.get_running_loop()
    while loop.time() < end:
        answer = await ask()
        if isinstance(answer, Grant):
            granted.append(answer)
        else:
            await asyncio.sleep(answer.seconds)


class Ask(NamedTuple):
    """Who asks after whom was refused, and what they get."""

    name: str
    refused: Urgency
    then: Urgency
    gets: type[Grant] | type[Wait]


ASKS = [
    Ask("bulk after an urgent one", Urgency.URGENT, Urgency.BULK, Wait),
    Ask("a reminder after an urgent one", Urgency.URGENT, Urgency.REMINDER, Wait),
    Ask("an urgent one after another", Urgency.URGENT, Urgency.URGENT, Grant),
    Ask("bulk after a reminder", Urgency.REMINDER, Urgency.BULK, Wait),
    Ask("a reminder after another", Urgency.REMINDER, Urgency.REMINDER, Grant),
    Ask("an urgent one after a reminder", Urgency.REMINDER, Urgency.URGENT, Grant),
    Ask("a reminder after bulk", Urgency.BULK, Urgency.REMINDER, Grant),
    Ask("bulk after bulk", Urgency.BULK, Urgency.BULK, Grant),
]


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.name)
async def test_a_turn_is_kept_from_what_is_less_urgent(connection: AsyncConnection, ask: Ask) -> None:
    await _budget(connection)
    await reserve(connection, [KEY], units=90)
    assert isinstance(await reserve(connection, [KEY], units=5, urgency=ask.refused), Wait)
    await connection.execute(text("UPDATE budgets SET free_at = clock_timestamp() + interval '0.1 s'"))
    assert isinstance(await reserve(connection, [KEY], units=5, urgency=ask.then), ask.gets)


async def test_an_urgent_message_leaves_within_about_a_second_among_many_bulk_workers(
    committed: AsyncEngine,
) -> None:
    async with committed.begin() as connection:
        await _budget(connection)
    loop = asyncio.get_running_loop()
    began = loop.time()
    end = began + 5.0
    bulk: list[Grant] = []
    waits: list[float] = []

    async def ask(units: int, *, urgency: Urgency) -> Grant | Wait:
        async with committed.begin() as connection:
            return await reserve(connection, [KEY], units=units, urgency=urgency)

    async def urgent_now_and_then() -> None:
        while loop.time() < end:
            await asyncio.sleep(0.4)
            wanted = loop.time()
            answer = await ask(1, urgency=Urgency.URGENT)
            if isinstance(answer, Wait):
                await asyncio.sleep(answer.seconds)
                answer = await ask(1, urgency=Urgency.URGENT)
            assert isinstance(answer, Grant), "its turn was kept for it"
            waits.append(loop.time() - wanted + answer.delay)

    async with asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(_until(end, lambda: ask(50, urgency=Urgency.BULK), bulk))
        group.create_task(urgent_now_and_then())
    assert len(waits) >= 4
    assert max(waits) < 2 * HORIZON + 0.25
    assert len(bulk) * 50 + len(waits) > 0.8 * RATE * (loop.time() - began), "what is not urgent loses little"
