"""Another system that takes webhooks, on a real port: keeps what it gets, and answers as it is told."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fixtures.web import listening_to_all
from tests.simulator.running import until


@dataclass(frozen=True)
class Got:
    """One webhook as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def is_signed(self, secret: str) -> bool:
        """The receiver's side of https://github.com/standard-webhooks/standard-webhooks, by its text."""
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        key = base64.b64decode(secret.split("_", 1)[1])
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return self.headers["webhook-signature"].split(",") == ["v1", expected]


@dataclass
class Receiver:
    """`answer` decides by path and count of what came there before."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got, int], Awaitable[web.Response]] | None = None

    def at(self, path: str) -> list[Got]:
        return [each for each in self.got if each.path == path]

    async def take(self, request: web.Request) -> web.Response:
        got = Got(request.path, dict(request.headers), await request.read())
        before = len(self.at(got.path))
        self.got.append(got)
        return web.Response() if self.answer is None else await self.answer(got, before)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a free port, until the end."""
    receiver = Receiver()
    async with listening_to_all(receiver.take) as receiver.url:
        yield receiver


async def got(receiver: Receiver, count: int, path: str = "/hook") -> list[Got]:
    """Waits until so many came there."""
    await until(lambda: len(receiver.at(path)) >= count)
    return receiver.at(path)
