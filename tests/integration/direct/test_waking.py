"""Whoever plans a direct message sees to it that someone sends it: one flow run, however many plan at once."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.direct_sending import wake_direct_sending
from models.columns import new_id
from models.watches import Watched, hold, release
from tests.integration.prefect_double import PrefectDouble, prefect_double

NOWHERE = "http://127.0.0.1:9/api"


@pytest.fixture
def prefect() -> Iterator[PrefectDouble]:
    with prefect_double() as double:
        yield double


async def test_of_many_at_once_one_starts_a_flow_run(committed: AsyncEngine, prefect: PrefectDouble) -> None:
    await asyncio.gather(*(wake_direct_sending(committed, prefect_api_url=prefect.url) for _ in range(20)))
    assert len(prefect.asked) == 1


async def test_none_is_started_while_one_is_at_work(committed: AsyncEngine, prefect: PrefectDouble) -> None:
    holder = new_id()
    async with committed.begin() as connection:
        assert await hold(connection, Watched.DIRECT_SENDING, holder=holder, seconds=60)
    await wake_direct_sending(committed, prefect_api_url=prefect.url)
    assert prefect.asked == []
    async with committed.begin() as connection:
        await release(connection, Watched.DIRECT_SENDING, holder=holder)
    await wake_direct_sending(committed, prefect_api_url=prefect.url)
    assert len(prefect.asked) == 1


async def test_one_that_was_killed_or_frozen_is_replaced(committed: AsyncEngine, prefect: PrefectDouble) -> None:
    async with committed.begin() as connection:
        await hold(connection, Watched.DIRECT_SENDING, holder=new_id(), seconds=60)
        await connection.execute(text("UPDATE watches SET held_until = clock_timestamp() - interval '1 second'"))
    await wake_direct_sending(committed, prefect_api_url=prefect.url)
    assert len(prefect.asked) == 1


async def test_none_is_started_while_one_waits_for_a_worker(
    committed: AsyncEngine, prefect: PrefectDouble
) -> None:
    prefect.waits = True
    await wake_direct_sending(committed, prefect_api_url=prefect.url)
    assert prefect.asked == []


async def test_a_prefect_that_is_away_is_asked_again_by_the_next_one(
    committed: AsyncEngine, prefect: PrefectDouble
) -> None:
    await wake_direct_sending(committed, prefect_api_url=NOWHERE)
    await wake_direct_sending(committed, prefect_api_url=None)
    await wake_direct_sending(committed, prefect_api_url=prefect.url)
    assert len(prefect.asked) == 1


async def test_only_one_holds_a_duty(committed: AsyncEngine) -> None:
    async def take() -> bool:
        async with committed.begin() as connection:
            return await hold(connection, Watched.DIRECT_SENDING, holder=new_id(), seconds=60)

    assert [await take(), await take()] == [True, False]
