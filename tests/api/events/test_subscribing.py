"""Who hears of what: kinds, organizations, rights and addresses."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.api_keys.scopes import Scope
from models.events.kinds import EventKind
from tests.api.events.happening import happen
from tests.api.events.process import ApiProcess, key_for
from tests.api.events.receiver import Receiver, got
from tests.api.events.subscriptions import Subscriptions
from tests.integration.population import add_organization


async def test_only_kinds_and_organization_subscribed(
    client: Subscriptions, receiver: Receiver, database: AsyncEngine, organization_id: UUID, events_api: ApiProcess
) -> None:
    async with database.begin() as connection:
        other = await add_organization(connection, "other")
    await client.subscribe(f"{receiver.url}/consents", kinds=["consent.changed"])
    await Subscriptions(events_api, await key_for(database, other)).subscribe(f"{receiver.url}/other")
    await happen(database, organization_id, 1)
    await happen(database, organization_id, 2, kind=EventKind.CONSENT_CHANGED)
    await happen(database, other, 3)
    await got(receiver, 1, "/other")
    await got(receiver, 1, "/consents")
    assert {(each.path, each.event["data"]["number"]) for each in receiver.got} == {
        ("/consents", 2),
        ("/other", 3),
    }


async def test_numbers_and_text_need_the_right_to_read_messages(
    events_api: ApiProcess, database: AsyncEngine, organization_id: UUID
) -> None:
    client = Subscriptions(events_api, await key_for(database, organization_id, Scope.EVENTS_WRITE))
    answer = await client.ask("POST", "", address="https://example.com/", include_content=True)
    assert answer.status_code == 403
    await client.subscribe("https://example.com/")


async def test_a_test_event_reaches_only_the_one_tried(client: Subscriptions, receiver: Receiver) -> None:
    made = await client.subscribe(f"{receiver.url}/hook", kinds=["survey.finished"])
    await client.subscribe(f"{receiver.url}/other")
    assert (await client.ask("POST", f"/{made['id']}/test")).status_code == 202
    (webhook,) = await got(receiver, 1)
    assert webhook.event["type"] == "test"
    assert receiver.at("/other") == []


async def test_nothing_of_another_organization_can_be_seen_or_changed(
    client: Subscriptions, receiver: Receiver, database: AsyncEngine, events_api: ApiProcess
) -> None:
    made = await client.subscribe(f"{receiver.url}/hook")
    async with database.begin() as connection:
        other = await add_organization(connection, "other")
    theirs = Subscriptions(events_api, await key_for(database, other))
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
async def test_an_address_that_cannot_be_one_is_refused_with_its_place(
    client: Subscriptions, address: str
) -> None:
    answer = await client.ask("POST", "", address=address)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/address"
