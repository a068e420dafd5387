"""What holds for every connection of ours to PostgreSQL."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from models import engine as engines
from models.engine import open_engine

_LOCK = text("SELECT slug FROM organizations FOR UPDATE")


async def test_a_process_that_is_frozen_in_a_transaction_holds_nobody_up(
    committed: AsyncEngine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "IDLE_SECONDS", 1)
    async with open_engine(settings, application="frozen") as frozen, frozen.connect() as connection:
        await connection.execute(_LOCK)
        async with asyncio.timeout(10), committed.begin() as other:
            assert (await other.execute(_LOCK)).scalar_one() == "default"
        await connection.invalidate()


async def test_a_machine_that_is_lost_is_noticed_within_a_minute(committed: AsyncEngine) -> None:
    async with committed.connect() as connection:
        shown = [
            int((await connection.execute(text(f"SELECT current_setting('tcp_keepalives_{name}')"))).scalar_one())
            for name in ("idle", "interval", "count")
        ]
    idle, interval, count = shown
    assert 0 < idle + interval * count <= 60
