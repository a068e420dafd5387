"""Group commit: what arrives within a few milliseconds is written in one transaction, then all are answered."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from api.database_faults import NotStoredError, describe

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Item]):
    item: Item
    answer: asyncio.Future[None]


class Batcher(Generic[Item]):
    """Writes items in batches, one batch at a time; while one is being written the next gathers.

    `write` writes and commits a batch, or raises and leaves nothing. When it raises, the batch is halved until the
    item at fault is alone; that one goes to `isolate`. `linger` and `patience` (of who waits) are in seconds,
    `largest` and `waiting` in items.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Awaitable[None]],
        *,
        isolate: Callable[[Item, Exception], Awaitable[None]],
        linger: float = 0.003,
        largest: int = 200,
        waiting: int = 2_000,
        patience: float = 0.9,
    ) -> None:
        self._write = write
        self._isolate = isolate
        self._linger = linger
        self._largest = largest
        self._patience = patience
        self._queue: asyncio.Queue[_Waiting[Item]] = asyncio.Queue(maxsize=waiting)

    async def submit(self, item: Item) -> None:
        """Returns once the item is committed.

        Raises `NotStoredError` when it was not: the database is down or slow, or too many wait for it already.
        """
        waiting = _Waiting(item, asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            raise NotStoredError("Too many webhooks are waiting for the database.") from None
        try:
            async with asyncio.timeout(self._patience):
                await waiting.answer
        except TimeoutError:
            raise NotStoredError(f"The database did not answer within {self._patience:g} s.") from None

    async def run(self) -> None:
        """Writes batches until canceled; whoever waits then is told that nothing was stored."""
        try:
            while True:
                batch = await self._gather()
                try:
                    await self._settle(batch)
                except asyncio.CancelledError:
                    _refuse(batch, NotStoredError("The API is stopping."))
                    raise
        finally:
            _refuse(self._take(), NotStoredError("The API is stopping."))

    async def _gather(self) -> list[_Waiting[Item]]:
        first = await self._queue.get()
        if self._queue.qsize() < self._largest:
            await asyncio.sleep(self._linger)
        return [first, *self._take(self._largest - 1)]

    def _take(self, most: int | None = None) -> list[_Waiting[Item]]:
        ready = self._queue.qsize()
        return [self._queue.get_nowait() for _ in range(ready if most is None else min(most, ready))]

    async def _settle(self, batch: Sequence[_Waiting[Item]]) -> None:
        try:
            await self._write([waiting.item for waiting in batch])
        except NotStoredError as error:
            # Those who queue now would only wait for the same answer, one time limit after the other.
            _refuse([*batch, *self._take()], error)
        except Exception as error:  # noqa: BLE001 (whatever one item raises, the others must be answered)
            await self._divide(batch, error)
        else:
            _accept(batch)

    async def _divide(self, batch: Sequence[_Waiting[Item]], error: Exception) -> None:
        if len(batch) > 1:
            middle = len(batch) // 2
            await self._settle(batch[:middle])
            await self._settle(batch[middle:])
            return
        try:
            await self._isolate(batch[0].item, error)
        except Exception as worse:  # noqa: BLE001 (the sender is told to come again, whatever went wrong)
            _refuse(batch, NotStoredError(f"The webhook could not be stored ({describe(worse)})."))
        else:
            _accept(batch)


def _accept(batch: Sequence[_Waiting[Item]]) -> None:
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_result(None)


def _refuse(batch: Sequence[_Waiting[Item]], error: Exception) -> None:
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(error)
