"""Budgets hold their rate for all workers together, and never promise far ahead."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.pacing import HORIZON, Grant, Wait, reserve, segments_per_second


async def _budget(connection: AsyncConnection, key: str, rate: float) -> None:
    await connection.execute(
        text("INSERT INTO budgets (key, rate, free_at) VALUES (:key, :rate, clock_timestamp())"),
        {"key": key, "rate": rate},
    )


async def test_first_grant_starts_at_once(connection: AsyncConnection) -> None:
    await _budget(connection, "sender:a", 10)
    grant = await reserve(connection, ["sender:a"], units=3)
    assert isinstance(grant, Grant)
    assert grant.delay == 0
    assert grant.interval == pytest.approx(0.1)


async def test_next_grant_starts_where_the_last_one_ends(connection: AsyncConnection) -> None:
    await _budget(connection, "sender:a", 10)
    await reserve(connection, ["sender:a"], units=4)
    grant = await reserve(connection, ["sender:a"], units=1)
    assert isinstance(grant, Grant)
    assert grant.delay == pytest.approx(0.4, abs=0.05)


async def test_nothing_is_granted_beyond_the_horizon(connection: AsyncConnection) -> None:
    await _budget(connection, "sender:a", 10)
    await reserve(connection, ["sender:a"], units=20)
    refused = await reserve(connection, ["sender:a"], units=1)
    assert isinstance(refused, Wait)
    assert refused.seconds == pytest.approx(2 - HORIZON, abs=0.05)


async def test_the_slower_budget_decides_and_a_refusal_spends_nothing(connection: AsyncConnection) -> None:
    await _budget(connection, "sender:a", 100)
    await _budget(connection, "run:b", 5)
    both = ["run:b", "sender:a"]
    assert await segments_per_second(connection, both) == 5
    grant = await reserve(connection, both, units=10)
    assert isinstance(grant, Grant)
    assert grant.interval == pytest.approx(0.2)
    assert isinstance(await reserve(connection, both, units=10), Wait)
    alone = await reserve(connection, ["sender:a"], units=1)
    assert isinstance(alone, Grant)
    assert alone.delay == pytest.approx(0.1, abs=0.05)


async def test_no_budget_is_no_limit(connection: AsyncConnection) -> None:
    assert await reserve(connection, ["sender:none"], units=1_000) == Grant(delay=0.0, interval=0.0)


@pytest.mark.alone
async def test_workers_share_one_rate(committed: AsyncEngine) -> None:
    async with committed.begin() as connection:
        await _budget(connection, "sender:shared", 100)
    loop = asyncio.get_running_loop()
    began = loop.time()
    ends: list[float] = []

    async def worker() -> None:
        while loop.time() < began + 1.0:
            async with committed.begin() as connection:
                answer = await reserve(connection, ["sender:shared"], units=5)
            if isinstance(answer, Grant):
                ends.append(loop.time() - began + answer.delay + 5 * answer.interval)
            else:
                await asyncio.sleep(answer.seconds)

    await asyncio.gather(*(worker() for _ in range(4)))
    granted, took = 5 * len(ends), max(ends)
    assert granted / took == pytest.approx(100, rel=0.05)
