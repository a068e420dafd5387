"""Group commit without a database: who is answered what when a batch fails."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from api.batcher import Batcher
from api.database_faults import NotStoredError

Write = Callable[[Sequence[int]], Awaitable[None]]


class Store:
    """Writes batches to lists; the items in `poison` make a batch fail, `down` makes all fail."""

    def __init__(self, *, poison: frozenset[int] = frozenset(), isolates: bool = True) -> None:
        self.poison, self.isolates = poison, isolates
        self.down = False
        self.batches: list[list[int]] = []
        self.isolated: list[int] = []
        self.hold = asyncio.Event()
        self.hold.set()

    async def write(self, items: Sequence[int]) -> None:
        await self.hold.wait()
        if self.down:
            raise NotStoredError("down")
        if self.poison & set(items):
            raise ValueError("poison")
        self.batches.append(list(items))

    async def isolate(self, item: int, error: Exception) -> None:
        assert isinstance(error, ValueError)
        if not self.isolates:
            raise OSError("disk")
        self.isolated.append(item)


@asynccontextmanager
async def batching(
    store: Store, *, largest: int = 200, waiting: int = 2_000, patience: float = 5.0
) -> AsyncIterator[Batcher[int]]:
    batcher = Batcher(store.write, isolate=store.isolate, largest=largest, waiting=waiting, patience=patience)
    task = asyncio.create_task(batcher.run())
    yield batcher
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _submit(batcher: Batcher[int], items: Sequence[int]) -> list[object]:
    return list(await asyncio.gather(*map(batcher.submit, items), return_exceptions=True))


async def test_what_comes_together_is_written_together() -> None:
    store = Store()
    async with batching(store) as batcher:
        assert await _submit(batcher, range(50)) == [None] * 50
    assert store.batches == [list(range(50))]


async def test_no_batch_is_larger_than_the_largest() -> None:
    store = Store()
    async with batching(store, largest=20) as batcher:
        await _submit(batcher, range(50))
    assert [len(batch) for batch in store.batches] == [20, 20, 10]


@pytest.mark.parametrize("poison", [{0}, {49}, {7, 8}, set(range(50))], ids=["first", "last", "pair", "all"])
async def test_only_the_items_at_fault_are_isolated(poison: set[int]) -> None:
    store = Store(poison=frozenset(poison))
    async with batching(store) as batcher:
        assert await _submit(batcher, range(50)) == [None] * 50
    assert store.isolated == sorted(poison)
    assert sorted(item for batch in store.batches for item in batch) == sorted(set(range(50)) - poison)


async def test_an_item_that_cannot_even_be_isolated_is_not_promised() -> None:
    store = Store(poison=frozenset({3}), isolates=False)
    async with batching(store) as batcher:
        answers = await _submit(batcher, range(5))
    assert [isinstance(answer, NotStoredError) for answer in answers] == [False, False, False, True, False]


async def test_down_refuses_the_batch_and_all_who_wait_then_recovers() -> None:
    store = Store()
    async with batching(store, largest=10) as batcher:
        store.hold.clear()
        store.down = True
        waiting = asyncio.gather(*map(batcher.submit, range(30)), return_exceptions=True)
        await asyncio.sleep(0.05)
        store.hold.set()
        assert [type(answer) for answer in await waiting] == [NotStoredError] * 30
        assert store.batches == []
        store.down = False
        assert await _submit(batcher, [99]) == [None]


async def test_more_than_may_wait_are_refused_at_once() -> None:
    store = Store()
    async with batching(store, waiting=5) as batcher:
        answers = await _submit(batcher, range(8))
    assert [answer is None for answer in answers] == [True] * 5 + [False] * 3


async def test_nobody_waits_longer_than_the_patience() -> None:
    store = Store()
    async with batching(store, largest=1, patience=0.05) as batcher:
        store.hold.clear()
        assert [type(answer) for answer in await _submit(batcher, range(3))] == [NotStoredError] * 3
        store.hold.set()
        assert await _submit(batcher, [99]) == [None]


async def test_stopping_leaves_nobody_waiting() -> None:
    store = Store()
    async with batching(store, largest=2) as batcher:
        store.hold.clear()
        waiting = asyncio.gather(*map(batcher.submit, range(5)), return_exceptions=True)
        await asyncio.sleep(0.05)
    assert [type(answer) for answer in await waiting] == [NotStoredError] * 5


async def test_a_sender_that_went_away_disturbs_nobody() -> None:
    store = Store()
    async with batching(store) as batcher:
        gone = asyncio.create_task(batcher.submit(1))
        stays = asyncio.create_task(batcher.submit(2))
        await asyncio.sleep(0)
        gone.cancel()
        await stays
    assert store.batches == [[1, 2]]
