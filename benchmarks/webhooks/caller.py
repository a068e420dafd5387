"""Posts calls as Twilio does: over many connections, at a rate or as fast as possible, again on failure."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from benchmarks.webhooks.connection import LOST, Connection
from benchmarks.webhooks.traffic import Call

READ_SECONDS = 15.0
AGAIN_AFTER = (0.2, 0.8, 2.0, 4.0, 7.0)
"""Waits before the five repeats that `#rc=5&rp=all` asks for; some 14 seconds in all."""


@dataclass(slots=True)
class Heard:
    """What became of calls: last status of each in order (0: no answer), seconds of each, and the repeats."""

    statuses: list[int] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    repeats: int = 0
    seconds: float = 0.0

    def good(self) -> int:
        """How many were answered 2xx."""
        return sum(200 <= status < 300 for status in self.statuses)


class Caller:
    """Calls the server at a port of this machine, over at most so many connections."""

    def __init__(self, port: int, *, connections: int, again_after: Sequence[float] = ()) -> None:
        self._port = port
        self._again_after = again_after
        self._places = asyncio.Semaphore(connections)
        self._connections = connections
        self._free: list[Connection] = []

    async def at_rate(self, calls: Sequence[Call], *, per_second: float) -> Heard:
        """Begins a call every so often, however long the answers take; latencies count from when it was due."""
        heard = Heard([LOST] * len(calls), [0.0] * len(calls))
        began = monotonic()
        async with asyncio.TaskGroup() as group:
            for place, call in enumerate(calls):
                due = began + place / per_second
                if (early := due - monotonic()) > 0:
                    await asyncio.sleep(early)
                group.create_task(self._call(heard, place, call, due))
        heard.seconds = monotonic() - began
        self._close()
        return heard

    async def at_will(self, calls: Sequence[Call], *, seconds: float = float("inf")) -> Heard:
        """Each connection takes the next call as soon as its last is answered, until the time is over."""
        heard = Heard()
        began = monotonic()
        waiting = iter(calls)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._connections):
                group.create_task(self._take(heard, waiting, until=began + seconds))
        heard.seconds = monotonic() - began
        self._close()
        return heard

    async def _take(self, heard: Heard, waiting: Iterable[Call], *, until: float) -> None:
        for call in waiting:
            place, begin = len(heard.statuses), monotonic()
            heard.statuses.append(LOST)
            heard.latencies.append(0.0)
            await self._call(heard, place, call, begin)
            if monotonic() > until:
                return

    async def _call(self, heard: Heard, place: int, call: Call, since: float) -> None:
        status = await self._once(call)
        for wait in self._again_after:
            if 200 <= status < 300:
                break
            heard.repeats += 1
            await asyncio.sleep(wait)
            status = await self._once(call)
        heard.statuses[place] = status
        heard.latencies[place] = monotonic() - since

    async def _once(self, call: Call) -> int:
        async with self._places:
            try:
                connection = await self._open()
            except OSError:
                return LOST
            status = await connection.ask(call.request, within=READ_SECONDS)
            if connection.is_open:
                self._free.append(connection)
            return status

    async def _open(self) -> Connection:
        while self._free:
            connection = self._free.pop()
            if connection.is_open:
                return connection
        return await Connection.to(self._port)

    def _close(self) -> None:
        for connection in self._free:
            connection.close()
        self._free.clear()
