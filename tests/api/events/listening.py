"""A client of the live stream that reads its events one by one."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Heard:
    """One event of the stream."""

    kind: str
    id: str | None
    data: dict[str, Any]


class Listener:
    """An open stream."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> Heard:
        """The next event, comments left out. Raises `StopAsyncIteration` at the end."""
        found: dict[str, str] = {}
        async for line in self._lines:
            name, _, value = line.partition(": ")
            if not line and "data" in found:
                return Heard(found["event"], found.get("id"), json.loads(found["data"]))
            if line and not line.startswith(":"):
                found[name] = value
        raise StopAsyncIteration


@asynccontextmanager
async def listening(
    url: str, headers: dict[str, str], *, last: str | None = None, **query: str
) -> AsyncIterator[Listener]:
    """Opens the stream; returns when the server has answered."""
    asked = headers | ({"Last-Event-ID": last} if last is not None else {})
    async with (
        httpx.AsyncClient(timeout=30) as client,
        client.stream("GET", f"{url}/api/v1/stream", headers=asked, params=query) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        yield Listener(answer.aiter_lines())
