"""What ends a stream: a key that was taken back, a client that does not read."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from api.live import response, telling
from api.live.feed import Feed
from api.live.response import LiveResponse
from api.live.telling import Wish, tell

ORGANIZATION = UUID(int=1)


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    """Without a database that answers."""
    monkeypatch.setattr(telling, "HEARTBEAT", 0.05)
    monkeypatch.setattr(telling, "_PAUSE", 0.01)
    return Feed(create_async_engine("postgresql+psycopg://nobody@127.0.0.1:9/none"))


async def test_silence_is_broken_by_heartbeats_until_the_key_is_taken_back(feed: Feed) -> None:
    asked = 0

    async def welcome() -> bool:
        nonlocal asked
        asked += 1
        return asked < 3

    sent = [each async for each in tell(feed, Wish(organization_id=ORGANIZATION, after=0), welcome=welcome)]
    assert asked == 3
    assert sent[0].startswith(b": tidings\nretry: 2000")
    assert set(sent[1:]) == {b": ping\n\n"}
    assert feed.listeners == 0


async def test_a_stop_ends_it_at_once(feed: Feed) -> None:
    async def welcome() -> bool:
        return True

    stream = tell(feed, Wish(organization_id=ORGANIZATION, after=0), welcome=welcome)
    await anext(stream)
    assert feed.listeners == 1
    feed.stopping.set()
    async with asyncio.timeout(1):
        assert [each async for each in stream] == []
    assert feed.listeners == 0


async def test_who_does_not_read_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response, "PATIENCE", 0.05)
    produced = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal produced
        while True:
            produced += 1
            yield b"data: 1\n\n"

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {}

    async def send(_: MutableMapping[str, Any]) -> None:
        if produced == 3:
            await asyncio.sleep(60)

    async with asyncio.timeout(5):
        await LiveResponse(endless())({"type": "http"}, receive, send)
    assert produced == 3
