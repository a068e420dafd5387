"""Keeps questions to Twilio to a rate, and few at once, so that they never crowd out what is being sent."""

import asyncio
from types import TracebackType


class RequestPace:
    """`async with pace:` waits for a turn: at most `per_second` begin in a second and `at_once` are under way."""

    def __init__(self, per_second: float, *, at_once: int) -> None:
        self._interval = 1 / per_second
        self._slots = asyncio.Semaphore(at_once)
        self._next = 0.0

    async def __aenter__(self) -> None:
        await self._slots.acquire()
        try:
            now = asyncio.get_running_loop().time()
            moment = max(self._next, now)
            self._next = moment + self._interval
            await asyncio.sleep(moment - now)
        except BaseException:
            self._slots.release()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._slots.release()
