"""Events told to other systems: by a real API process, to a real receiver."""

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.api_keys.scopes import Scope
from models.events.kinds import EventKind
from tests.api.events.process import ApiProcess, api_process, key_for
from tests.api.events.receiver import Got, Receiver
from tests.api.events.test_stream import happen
from tests.integration.population import add_organization
from tests.integration.prefect_double import PrefectDouble

DUE_NOW = text("""
    WITH due AS (UPDATE event_deliveries SET next_attempt_at = clock_timestamp(), lease_until = NULL)
    UPDATE event_subscriptions SET resting_until = NULL
""")


class Client:
    """The API's subscriptions, for one key."""

    def __init__(self, api: ApiProcess, key: dict[str, str]) -> None:
        self._url = f"{api.url}/api/v1/subscriptions"
        self._key = key

    async def ask(self, method: str, path: str = "", **body: Any) -> httpx.Response:
        async with httpx.AsyncClient(headers=self._key) as http:
            return await http.request(method, self._url + path, json=body or None)

    async def state(self, subscription: dict[str, Any]) -> str:
        return str((await self.ask("GET", f"/{subscription['id']}")).json()["state"])

    async def subscribe(self, address: str, **more: Any) -> dict[str, Any]:
        answer = await self.ask("POST", "", address=address, **more)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def deliveries(self, subscription: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            await self.ask("GET", f"/{subscription['id']}/deliveries?limit=200")
        ).json()["data"]
        return found


@pytest.fixture
def client(events_api: ApiProcess, key: dict[str, str]) -> Client:
    return Client(events_api, key)


async def until(check: Callable[[], Awaitable[bool]], *, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await check():  # noqa: ASYNC110 (what is awaited happens in another process)
            await asyncio.sleep(0.05)


async def got(receiver: Receiver, count: int, path: str = "/hook") -> list[Got]:
    async def enough() -> bool:
        return len(receiver.at(path)) >= count

    await until(enough)
    return receiver.at(path)


async def test_an_event_is_told_once_signed_and_versioned(
    client: Client, receiver: Receiver, database: AsyncEngine, organization_id: UUID
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


async def test_only_kinds_and_organization_subscribed(
    client: Client, receiver: Receiver, database: AsyncEngine, organization_id: UUID, events_api: ApiProcess
) -> None:
    async with database.begin() as connection:
        other = await add_organization(connection, "other")
    await client.subscribe(f"{receiver.url}/consents", kinds=["consent.changed"])
    await Client(events_api, await key_for(database, other)).subscribe(f"{receiver.url}/other")
    await happen(database, organization_id, 1)
    await happen(database, organization_id, 2, kind=EventKind.CONSENT_CHANGED)
    await happen(database, other, 3)
    await got(receiver, 1, "/other")
    await got(receiver, 1, "/consents")
    assert {(each.path, each.event["data"]["number"]) for each in receiver.got} == {
        ("/consents", 2),
        ("/other", 3),
    }


@pytest.mark.parametrize("include", [True, False], ids=["with content", "ids only"])
async def test_numbers_and_text_only_where_asked_for(
    client: Client, receiver: Receiver, database: AsyncEngine, organization_id: UUID, *, include: bool
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


async def test_numbers_and_text_need_the_right_to_read_messages(
    events_api: ApiProcess, database: AsyncEngine, organization_id: UUID
) -> None:
    client = Client(events_api, await key_for(database, organization_id, Scope.EVENTS_WRITE))
    answer = await client.ask("POST", "", address="https://example.com/", include_content=True)
    assert answer.status_code == 403
    await client.subscribe("https://example.com/")


async def test_a_failed_delivery_comes_again_later(
    client: Client, receiver: Receiver, database: AsyncEngine, organization_id: UUID
) -> None:
    async def answer(_: Got, before: int) -> web.Response:
        return web.Response(status=500 if before == 0 else 204)

    receiver.answer = answer
    made = await client.subscribe(f"{receiver.url}/hook")
    await happen(database, organization_id, 1)
    await got(receiver, 1)

    async def failed() -> bool:
        return [(each["error"], each["attempts"]) for each in await client.deliveries(made)] == [
            ("It answered 500.", 1)
        ]

    await until(failed)
    async with database.begin() as connection:
        waits = "SELECT extract(epoch FROM next_attempt_at - clock_timestamp()) FROM event_deliveries"
        assert 1 < (await connection.execute(text(waits))).scalar_one() < 7
        await connection.execute(DUE_NOW)
    first, second = await got(receiver, 2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert second.is_signed(made["secret"])


async def test_after_a_day_without_success_people_are_told_and_it_can_be_set_going(
    client: Client, receiver: Receiver, database: AsyncEngine, organization_id: UUID
) -> None:
    async def answer(_: Got, before: int) -> web.Response:
        return web.Response(status=503 if before < 2 else 200)

    receiver.answer = answer
    made = await client.subscribe(f"{receiver.url}/hook", kinds=["message.received"])
    await happen(database, organization_id, 1)
    await got(receiver, 1)

    async def waiting() -> bool:
        return [each["next_attempt_at"] is None for each in await client.deliveries(made)] == [False]

    await until(waiting)
    async with database.begin() as connection:
        await connection.execute(
            text("UPDATE event_subscriptions SET failing_since = now() - interval '25 hours'")
        )
        await connection.execute(text("UPDATE event_deliveries SET first_tried_at = now() - interval '25 hours'"))
        await connection.execute(DUE_NOW)
    await got(receiver, 2)

    async def failing() -> bool:
        return await client.state(made) == "failing"

    await until(failing)
    async with database.connect() as connection:
        alert = await connection.execute(text("SELECT subject FROM events WHERE kind = 'alert.raised'"))
        assert alert.scalar_one()["subscription_id"] == made["id"]
    (delivery,) = await client.deliveries(made)
    assert delivery["state"] == "given_up"
    await happen(database, organization_id, 2)
    assert (await client.ask("POST", f"/{made['id']}/resume")).json()["state"] == "active"
    again = await client.ask("POST", f"/{made['id']}/deliveries/{delivery['id']}/redeliver")
    assert again.json()["state"] == "pending"
    numbers = [each.event["data"]["number"] for each in await got(receiver, 4)]
    assert sorted(numbers[2:]) == [1, 2]


async def test_gone_ends_the_subscription(
    client: Client, receiver: Receiver, database: AsyncEngine, organization_id: UUID
) -> None:
    async def answer(_: Got, __: int) -> web.Response:
        return web.Response(status=410)

    receiver.answer = answer
    made = await client.subscribe(f"{receiver.url}/hook")
    await happen(database, organization_id, 1)

    async def disabled() -> bool:
        return await client.state(made) == "disabled"

    await until(disabled)


async def test_a_redirect_is_not_followed(
    client: Client, receiver: Receiver, database: AsyncEngine, organization_id: UUID
) -> None:
    async def answer(_: Got, __: int) -> web.Response:
        return web.Response(status=307, headers={"Location": f"{receiver.url}/inside"})

    receiver.answer = answer
    made = await client.subscribe(f"{receiver.url}/hook")
    await happen(database, organization_id, 1)

    async def failed() -> bool:
        return any("redirects" in (each["error"] or "") for each in await client.deliveries(made))

    await until(failed)
    assert receiver.at("/inside") == []


async def test_one_that_hangs_holds_nobody_else_up(
    client: Client, receiver: Receiver, database: AsyncEngine, organization_id: UUID
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
        made = await Client(api, key).subscribe(f"{receiver.url}/hook")
        await happen(database, organization_id, *range(150))
        await got(receiver, 30)
        await api.end(signal.SIGKILL)
        await happen(database, organization_id, *range(150, 200))
        async with database.begin() as connection:
            await connection.execute(DUE_NOW)
        await api.start()

        async def everything() -> bool:
            states = [each["state"] for each in await Client(api, key).deliveries(made)]
            return states == ["delivered"] * 200

        await until(everything, seconds=20)
    told = Counter(each.event["data"]["number"] for each in receiver.at("/hook"))
    assert sorted(told) == list(range(200))
    ids = {each.event["data"]["number"]: each.event["id"] for each in receiver.at("/hook")}
    assert len(set(ids.values())) == 200


async def test_a_deployment_is_run_with_the_event_as_its_parameter(
    client: Client, prefect: PrefectDouble, database: AsyncEngine, organization_id: UUID
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


async def test_a_test_event_reaches_only_the_one_tried(client: Client, receiver: Receiver) -> None:
    made = await client.subscribe(f"{receiver.url}/hook", kinds=["survey.finished"])
    await client.subscribe(f"{receiver.url}/other")
    assert (await client.ask("POST", f"/{made['id']}/test")).status_code == 202
    (webhook,) = await got(receiver, 1)
    assert webhook.event["type"] == "test"
    assert receiver.at("/other") == []


async def test_nothing_of_another_organization_can_be_seen_or_changed(
    client: Client, receiver: Receiver, database: AsyncEngine, events_api: ApiProcess
) -> None:
    made = await client.subscribe(f"{receiver.url}/hook")
    async with database.begin() as connection:
        other = await add_organization(connection, "other")
    theirs = Client(events_api, await key_for(database, other))
    assert (await theirs.ask("GET")).json()["data"] == []
    paths = [("GET", ""), ("DELETE", ""), ("POST", "/resume"), ("POST", "/test"), ("GET", "/deliveries")]
    for method, path in paths:
        assert (await theirs.ask(method, f"/{made['id']}{path}")).status_code == 404
    assert (await client.ask("DELETE", f"/{made['id']}")).status_code == 204
    assert (await client.ask("GET")).json()["data"] == []


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.com/x",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://[half",
        "/hook",
    ],
)
async def test_an_address_that_cannot_be_one_is_refused_with_its_place(client: Client, address: str) -> None:
    answer = await client.ask("POST", "", address=address)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/address"
