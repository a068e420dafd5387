"""The stream is gapless: writers commit in any order, some not at all, some after long; nothing is left out."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.columns import utc_now
from models.events.kinds import EventKind
from models.events.note import Happening, note, note_many
from models.events.publishing import publish
from models.events.reading import head, heads, read_after

WRITERS = 20
ROUNDS = 15


@pytest.fixture
async def tenant(committed: AsyncEngine) -> AsyncIterator[UUID]:
    async with committed.connect() as connection:
        yield UUID(str((await connection.execute(text("SELECT id FROM organizations"))).scalar_one()))


async def _note(connection: AsyncConnection, tenant: UUID, **subject: int) -> None:
    await note(connection, organization_id=tenant, kind=EventKind.MESSAGE_RECEIVED, subject=subject, now=utc_now())


async def _writer(engine: AsyncEngine, tenant: UUID, writer: int, committed: list[tuple[int, int]]) -> None:
    chance = random.Random(writer)  # noqa: S311 (repeatable, guards nothing)
    for step in range(ROUNDS):
        async with engine.connect() as connection:
            events = [(writer, step * 10 + part) for part in range(chance.randint(1, 4))]
            for each in events:
                await _note(connection, tenant, writer=each[0], step=each[1])
                await asyncio.sleep(chance.choice((0, 0, 0.001, 0.05)))
            if chance.random() < 0.3:
                await connection.rollback()
            else:
                await connection.commit()
                committed.extend(events)


async def _publish_until(engine: AsyncEngine, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await publish(engine, most=7)
        await asyncio.sleep(0)


async def _reader(
    engine: AsyncEngine, tenant: UUID, seen: list[tuple[int, int]], *, seed: int, stop: asyncio.Event
) -> None:
    """Reads pages of changing size; forgets part of a page now and then, as a client whose connection broke."""
    chance = random.Random(seed)  # noqa: S311 (repeatable, guards nothing)
    after = 0
    while True:
        last_round = stop.is_set()
        async with engine.connect() as connection:
            page = list(await read_after(connection, tenant, after, most=chance.randint(1, 20)))
        got = page[: chance.randint(0, len(page))] if chance.random() < 0.3 else page
        for event in got:
            assert event.position > after
            after = event.position
            seen.append((event.subject["writer"], event.subject["step"]))
        if last_round and not page:
            return
        await asyncio.sleep(0)


async def test_every_committed_event_is_read_once_in_order(committed: AsyncEngine, tenant: UUID) -> None:
    written: list[tuple[int, int]] = []
    reads: list[list[tuple[int, int]]] = [[], []]
    stop, published = asyncio.Event(), asyncio.Event()
    publishers = [asyncio.create_task(_publish_until(committed, stop)) for _ in range(2)]
    readers = [
        asyncio.create_task(_reader(committed, tenant, seen, seed=seed, stop=published))
        for seed, seen in enumerate(reads)
    ]
    await asyncio.gather(*(_writer(committed, tenant, number, written) for number in range(WRITERS)))
    stop.set()
    await asyncio.gather(*publishers)
    while await publish(committed):
        pass
    published.set()
    await asyncio.gather(*readers)
    for seen in reads:
        assert sorted(seen) == sorted(written)
        steps = defaultdict(list)
        for writer, step in seen:
            steps[writer].append(step)
        assert all(order == sorted(order) for order in steps.values())
    assert reads[0] == reads[1]


async def test_an_event_waits_for_its_own_transaction_only(committed: AsyncEngine, tenant: UUID) -> None:
    """A plan of a million rows holds its transaction open for a minute; the others' events arrive all the same."""
    async with committed.connect() as slow:
        await _note(slow, tenant, number=1)
        async with committed.begin() as quick:
            await _note(quick, tenant, number=2)
        assert await publish(committed) == 1
        async with committed.connect() as reader:
            (first,) = await read_after(reader, tenant, 0)
        assert first.subject == {"number": 2}
        await slow.commit()
    assert await publish(committed) == 1
    async with committed.connect() as reader:
        (late,) = await read_after(reader, tenant, first.position)
    assert late.subject == {"number": 1}
    assert late.id < first.id


async def test_one_publisher_at_a_time(committed: AsyncEngine, tenant: UUID) -> None:
    async with committed.begin() as connection:
        await _note(connection, tenant, number=1)
    counts = await asyncio.gather(*(publish(committed) for _ in range(5)))
    assert sorted(counts) == [0, 0, 0, 0, 1]


async def test_events_of_one_statement_keep_their_order(committed: AsyncEngine, tenant: UUID) -> None:
    happenings = [
        Happening(organization_id=tenant, kind=EventKind.MESSAGE_PLANNED, subject={"number": number})
        for number in range(100)
    ]
    async with committed.begin() as connection:
        await note_many(connection, happenings, now=utc_now())
    while await publish(committed, most=30):
        pass
    async with committed.connect() as connection:
        page = await read_after(connection, tenant, 0)
        assert [event.subject["number"] for event in page] == list(range(100))
        assert await head(connection, tenant) == page[-1].position
        assert await heads(connection, [UUID(int=0)]) == {}
