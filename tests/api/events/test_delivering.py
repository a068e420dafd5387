"""Events told to other systems: by a real API process, to a real receiver."""

import asyncio
import signal
from collections import Counter
from uuid import UUID

import pytest
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.events.happening import DUE_NOW, happen
from tests.api.events.process import api_process, key_for
from tests.api.events.receiver import Got, Receiver, got
from tests.api.events.subscriptions import Subscriptions
from tests.integration.prefect_double import PrefectDouble
from tests.simulator.running import until


async def test_an_event_is_told_once_signed_and_versioned(
    client: Subscriptions, receiver: Receiver, database: AsyncEngine, organization_id: UUID
) -> None:
    made = await client.subscribe(f"{receiver.url}/hook")
    await happen(database, organization_id, 7)
    (webhook,) = await got(receiver, 1)
    assert webhook.is_signed(made["secret"])
    assert webhook.headers["webhook-id"] == webhook.event["id"]
    assert (webhook.event["type"], webhook.event["version"]) == ("message.received", 1)
    assert webhook.event["data"] == {"number": 7}

    async def recorded() -> bool:
        return [each["state"] for each in await client.deliveries(made)] == ["delivered"]

    await until(recorded)
    assert len(receiver.got) == 1
    assert "secret" not in (await client.ask("GET")).text


@pytest.mark.parametrize("include", [True, False], ids=["with content", "ids only"])
async def test_numbers_and_text_only_where_asked_for(
    client: Subscriptions, receiver: Receiver, database: AsyncEngine, organization_id: UUID, *, include: bool
) -> None:
    await client.subscribe(f"{receiver.url}/hook", include_content=include)
    message = text("""
        INSERT INTO messages (organization_id, direction, state, phone, our_address, channel, attempt, tries, body,
                              created_at, updated_at)
        VALUES (:organization_id, 'inbound', 'received', '+12025550123', '+12025550100', 'sms', 1, 0, 'Hello',
                now(), now())
        RETURNING id
    """)
    note = text("""
        INSERT INTO events (organization_id, kind, subject, created_at)
        VALUES (:organization_id, 'message.received', jsonb_build_object('message_id', CAST(:id AS bigint)), now())
    """)
    async with database.begin() as connection:
        values = {"organization_id": organization_id}
        id_ = (await connection.execute(message, values)).scalar_one()
        await connection.execute(note, values | {"id": id_})
    (webhook,) = await got(receiver, 1)
    content = {
        "from": "+12025550123",
        "to": "+12025550100",
        "channel": "sms",
        "body": "Hello",
        "media": [],
    }
    assert webhook.event["data"] == {"message_id": id_} | ({"content": content} if include else {})


async def test_one_that_hangs_holds_nobody_else_up(
    client: Subscriptions, receiver: Receiver, database: AsyncEngine, organization_id: UUID
) -> None:
    async def answer(got: Got, _: int) -> web.Response:
        if got.path == "/slow":
            await asyncio.sleep(30)
        return web.Response()

    receiver.answer = answer
    await client.subscribe(f"{receiver.url}/slow")
    await client.subscribe(f"{receiver.url}/hook")
    await happen(database, organization_id, *range(60))
    async with asyncio.timeout(5):
        await got(receiver, 60)


async def test_kill_9_loses_no_event(
    database_url: str, receiver: Receiver, database: AsyncEngine, organization_id: UUID
) -> None:
    """Killed while it delivers; the leases of the dead are ended by hand, to save their minute."""

    async def answer(_: Got, __: int) -> web.Response:
        await asyncio.sleep(0.02)
        return web.Response()

    receiver.answer = answer
    key = await key_for(database, organization_id)
    async with api_process(database_url) as api:
        made = await Subscriptions(api, key).subscribe(f"{receiver.url}/hook")
        await happen(database, organization_id, *range(150))
        await got(receiver, 30)
        await api.end(signal.SIGKILL)
        await happen(database, organization_id, *range(150, 200))
        async with database.begin() as connection:
            await connection.execute(DUE_NOW)
        await api.start()

        async def everything() -> bool:
            states = [each["state"] for each in await Subscriptions(api, key).deliveries(made)]
            return states == ["delivered"] * 200

        await until(everything, seconds=20)
    told = Counter(each.event["data"]["number"] for each in receiver.at("/hook"))
    assert sorted(told) == list(range(200))
    ids = {each.event["data"]["number"]: each.event["id"] for each in receiver.at("/hook")}
    assert len(set(ids.values())) == 200


async def test_a_deployment_is_run_with_the_event_as_its_parameter(
    client: Subscriptions, prefect: PrefectDouble, database: AsyncEngine, organization_id: UUID
) -> None:
    made = await client.subscribe("campaign/campaign", target="prefect_deployment")
    await happen(database, organization_id, 5)

    async def delivered() -> bool:
        return [each["state"] for each in await client.deliveries(made)] == ["delivered"]

    await until(delivered)
    (asked,) = [each for each in prefect.asked if "event" in each["parameters"]]
    event = asked["parameters"]["event"]
    assert (event["type"], event["data"]) == ("message.received", {"number": 5})
    assert asked["idempotency_key"] == f"{event['id']}:{made['id']}"
