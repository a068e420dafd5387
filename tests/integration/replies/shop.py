"""Another system that look-ups ask: answers what it is told to, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.fixtures.web import listening_to_all


@dataclass
class Shop:
    """`answer` is the body, given with `status` after `delay` seconds."""

    url: str = ""
    answer: str = '{"order": {"state": "on its way", "items": [{"name": "tea"}]}}'
    status: int = 200
    delay: float = 0.0
    asked: list[web.Request] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        await asyncio.sleep(self.delay)
        headers = {"Location": f"{self.url}/elsewhere"} if self.status == 302 else {}
        return web.Response(text=self.answer, status=self.status, headers=headers)


@asynccontextmanager
async def open_shop() -> AsyncIterator[Shop]:
    shop = Shop()
    async with listening_to_all(shop.take) as shop.url:
        yield shop
