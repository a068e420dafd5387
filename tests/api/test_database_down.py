"""With the database away nothing is promised: a 503 soon, and all well again without a restart when it is back."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from models.api_keys.scopes import Scope
from models.api_keys.secret import Secret
from tests.api.metrics.reading import STALE, of, scrape
from tests.api.proxy import Proxy, proxy_to
from tests.api.server import Api, running_api
from tests.api.v1.client import new_key
from tests.integration.outbox import rows, sid
from tests.simulator.running import until

SOME_KEY = {"Authorization": f"Bearer {Secret.new().text}"}


@pytest.fixture(scope="module")
async def proxy(database_url: str) -> AsyncIterator[Proxy]:
    url = make_url(database_url)
    async with proxy_to(str(url.host), url.port or 5432) as proxy:
        yield proxy


@pytest.fixture(scope="module")
async def proxied(proxy: Proxy, database_url: str) -> AsyncIterator[Api]:
    url = make_url(database_url).set(host="127.0.0.1", port=proxy.port)
    async with running_api(url.render_as_string(hide_password=False)) as api:
        yield api


async def _both(api: Api, *, start: int) -> tuple[set[int], float]:
    """The answers to twenty callbacks and five messages at once, and the seconds until the last."""
    began = time.monotonic()
    answers = await asyncio.gather(
        *(api.status("sent", sid=sid(number)) for number in range(start, start + 20)),
        *(api.inbound("Hi", sid=sid(number)) for number in range(start + 20, start + 25)),
    )
    return {answer.status_code for answer in answers}, time.monotonic() - began


@pytest.mark.alone
@pytest.mark.parametrize("how", ["refusing", "silent"])
async def test_down_and_back(proxied: Api, proxy: Proxy, database: AsyncEngine, how: str) -> None:
    assert (await _both(proxied, start=0))[0] == {204, 200}
    if how == "refusing":
        await proxy.down()
    else:
        proxy.silent()
    away, seconds = await _both(proxied, start=100)
    assert away == {503}
    assert seconds < 1
    assert (await proxied.client.get("/readyz")).status_code == 503
    assert (await proxied.client.get("/api/v1/contacts", headers=SOME_KEY)).status_code == 503
    assert (await proxied.client.get("/healthz")).status_code == 200
    await proxy.up()
    assert await _recovers(proxied) < 15
    assert (await _both(proxied, start=100))[0] == {204, 200}
    async with database.connect() as connection:
        stored = await rows(connection, "SELECT count(*), count(processed_at) FROM webhook_events")
    assert stored == [(50, 50)]


async def _is_well(api: Api) -> bool:
    """Whether all connections work, at once: a busy machine may need more than one try."""
    return (await _both(api, start=0))[0] == {204, 200}


async def _recovers(api: Api) -> float:
    began = time.monotonic()
    while (await api.client.get("/readyz")).status_code != 200:
        assert time.monotonic() - began < 30
        await asyncio.sleep(0.1)
    return time.monotonic() - began


async def test_connections_ended_by_the_server_are_replaced(api: Api, database: AsyncEngine) -> None:
    await until(lambda: _is_well(api))
    async with database.begin() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tidings api'"
                " AND datname = current_database()"
            )
        )
    answers = await asyncio.gather(*(api.status("sent", sid=sid(number)) for number in range(100, 110)))
    assert {answer.status_code for answer in answers} <= {204, 503}
    assert (await api.status("sent", sid=sid(200))).status_code == 204


async def test_metrics_tell_that_it_is_away(proxied: Api, proxy: Proxy, database: AsyncEngine) -> None:
    await proxy.up()
    key = await new_key(database, Scope.METRICS_READ)
    assert (await proxied.status("sent", sid=sid(1))).status_code == 204
    assert (await scrape(proxied.client, key))[of("tidings_database_up")] == 1
    await proxy.down()
    try:
        await asyncio.sleep(STALE)
        found = await scrape(proxied.client, key)
        assert found[of("tidings_database_up")] == 0
        assert any(name == "tidings_webhook_seconds_count" for name, _ in found)
        stranger = await proxied.client.get("/metrics", headers=SOME_KEY)
        assert stranger.status_code == 503
    finally:
        await proxy.up()
