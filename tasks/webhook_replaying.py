"""Replays chosen deliveries, handled before or not: safe to repeat, and to stop at any moment."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.business_clock import Clock
from models.webhook_replay import Fate, replay, replay_statuses
from models.webhook_selection import (
    Selected,
    Selection,
    deliveries_between,
    deliveries_of_message,
    span_of,
)

BATCH = 500
Told = Callable[[int], None]


async def replay_selection(
    engine: AsyncEngine, selection: Selection, *, clock: Clock, told: Told = lambda _count: None
) -> Counter[Fate]:
    """Handles every delivery of the selection once; `told` hears how many are done, batch by batch."""
    fates: Counter[Fate] = Counter()
    async for batch in _batches(engine, selection):
        fates += await replay_batch(engine, batch, clock=clock)
        told(fates.total())
    return fates


async def replay_batch(engine: AsyncEngine, batch: Sequence[Selected], *, clock: Clock) -> Counter[Fate]:
    """Status callbacks in one transaction, inbound messages each in its own, oldest first."""
    statuses = [each.id for each in batch if each.kind != "inbound"]
    inbound = [each.id for each in batch if each.kind == "inbound"]
    return await _statuses(engine, statuses, clock=clock) + await _one_by_one(engine, inbound, clock=clock)


async def _batches(engine: AsyncEngine, selection: Selection) -> AsyncIterator[Sequence[Selected]]:
    if selection.sid is not None:
        async with engine.connect() as connection:
            found = await deliveries_of_message(connection, selection)
        yield found
        return
    async with engine.connect() as connection:
        first, last = await span_of(connection, selection)
    while True:
        async with engine.connect() as connection:
            batch, read_until = await deliveries_between(connection, selection, first=first, last=last, most=BATCH)
        if read_until is None:
            return
        yield batch
        first = read_until + 1


async def _statuses(engine: AsyncEngine, ids: Sequence[int], *, clock: Clock) -> Counter[Fate]:
    """One that raises spoils its batch, so then each has its own turn."""
    if not ids:
        return Counter()
    try:
        async with engine.begin() as connection:
            return await replay_statuses(connection, ids, now=clock())
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001  # whichever it was is found, and its reason kept, one by one
        return await _one_by_one(engine, ids, clock=clock)


async def _one_by_one(engine: AsyncEngine, ids: Sequence[int], *, clock: Clock) -> Counter[Fate]:
    fates: Counter[Fate] = Counter()
    for event_id in ids:
        async with engine.begin() as connection:
            fates[await replay(connection, event_id, now=clock(), again=True)] += 1
    return fates
