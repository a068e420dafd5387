"""No key of one organization reads or changes another's rows, by any route there is."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.tables import metadata
from models.tenants.senders import SenderAddresses, set_senders
from tests.api.server import Api
from tests.api.v1.client import V1, Client, id_of, new_key
from tests.api.v1.routes import Operation, operations
from tests.api.v1.seeded import NUMBER, SECRETS, Seeded, seed
from tests.integration.population import add_organization

BERTHA = "AC" + "be" * 16
SERVICE = "MG" + "be" * 16
SERVICES = SenderAddresses(transactional=SERVICE, marketing="MG" + "ba" * 16)

FORBIDDEN: dict[str, Any] = {
    "get_message": None,
    "get_trace": None,
    "get_contact": None,
    "patch_contact": {"first_name": "Eve"},
    "export_contact": None,
    "get_appointment": None,
    "get_appointment_story": None,
    "get_appointment_reminders": None,
    "patch_appointment": {"state": "canceled"},
    "cancel_appointment": None,
    "get_consents": None,
    "get_consent_history": None,
    "get_consent_verdict": None,
    "get_review": None,
    "decide_review": {"decision": "opted_out"},
    "get_campaign": None,
    "start_campaign": {"occurrence": "again"},
    "resume_campaign": {},
    "pause_campaign": {},
    "cancel_campaign": {},
    "change_campaign_rate": {"rate": 1},
    "preview_campaign": None,
    "get_report": None,
    "get_timeline": None,
    "get_conversation": None,
    "get_thread": None,
    "reply": {"body": "Hi"},
    "mark_conversation_read": None,
    "set_conversation_mode": {"mode": "silent"},
    "get_media": None,
    "delete_media_at_twilio": None,
    "get_medium": None,
    "download_medium": None,
    "get_subscription": None,
    "delete_subscription": None,
    "set_going_again": None,
    "try_subscription": None,
    "get_deliveries": None,
    "deliver_again": None,
    "replay_webhook": None,
}
"""Routes that name something in their address, with the body they are asked with: 404 for another's."""

APPOINTMENT = {
    "external_id": "mine",
    "phone": NUMBER,
    "starts_at": "2030-03-01T09:00:00Z",
    "timezone": "Europe/London",
}

OWN: dict[str, Any] = {
    "send_message": {"to": NUMBER, "body": "Hi"},
    "get_messages": None,
    "send_messages": {"recipients": [{"to": NUMBER}], "body": "Hi"},
    "put_contact": {"phone": NUMBER, "first_name": "Eve", "tags": ["autumn"]},
    "get_contacts": None,
    "search_contacts": {"phone": NUMBER},
    "put_appointment": APPOINTMENT,
    "put_appointments": {"appointments": [APPOINTMENT]},
    "get_appointments": None,
    "get_unconfirmed": None,
    "get_reminders": None,
    "get_reminders_report": None,
    "record_consent": {
        "phone": NUMBER,
        "message_type": "marketing",
        "state": "opted_out",
        "method": "written",
        "source": "x",
    },
    "search_consents": {"phone": NUMBER},
    "create_campaign": {"name": "Mine", "kind": "marketing", "body": "Hi", "audience": {}},
    "get_reviews": None,
    "get_campaigns": None,
    "get_conversations": None,
    "get_subscriptions": None,
    "create_subscription": {"address": "https://example.com/mine", "kinds": ["test"]},
    "get_failed_webhooks": None,
}
"""Routes that list or make: they succeed, on one's own rows."""

_A_MOMENT = 0.4
"""Longer than the background waits before it gives events their places."""

STREAMS = {"stream"}
"""Never ends; its own test shows that it tells nothing of another organization."""

IN_BODIES = [
    ("/messages", {"contact_id": "{contact_id}", "body": "Hi"}, 404),
    ("/appointments", {**APPOINTMENT, "phone": None, "contact_id": "{contact_id}"}, 404),
    ("/consents", {**OWN["record_consent"], "phone": None, "contact_id": "{contact_id}"}, 404),
    ("/messages/bulk", {"recipients": [{"contact_id": "{contact_id}"}], "body": "Hi"}, 202),
]


@pytest.fixture
async def bertha(api: Api, database: AsyncEngine) -> Seeded:
    """Another organization with one of everything."""
    async with database.begin() as connection:
        id_ = await add_organization(connection, "bertha", account_sid=BERTHA)
        await set_senders(connection, id_, SERVICES, rate=10)
    ids = await seed(database, api.client, organization="bertha", account=BERTHA, service=SERVICE)
    assert "None" not in ids.values(), ids
    return ids


def test_every_route_is_in_a_table(app: FastAPI) -> None:
    assert {operation.name for operation in operations(app)} == {*FORBIDDEN, *OWN, *STREAMS}


async def test_what_another_organization_has_is_not_there(
    client: Client, app: FastAPI, bertha: Seeded, database: AsyncEngine
) -> None:
    before = await _rows_of_bertha(database)
    for operation in operations(app):
        if operation.name in FORBIDDEN:
            answer = await client.request(operation.method, _filled(operation, bertha), FORBIDDEN[operation.name])
            assert answer.status_code == 404, (operation, answer.text)
            assert not _seen(answer.text), (operation, answer.text)
    assert await _rows_of_bertha(database) == before


async def test_lists_and_new_things_are_ones_own(
    client: Client, app: FastAPI, bertha: Seeded, database: AsyncEngine
) -> None:
    assert bertha
    before = await _rows_of_bertha(database)
    for operation in operations(app):
        if operation.name in OWN:
            answer = await client.request(operation.method, operation.path, OWN[operation.name])
            assert answer.is_success, (operation, answer.text)
            assert not _seen(answer.text.replace(NUMBER, "")), (operation, answer.text)
    assert await _rows_of_bertha(database) == before


@pytest.mark.parametrize(("path", "body", "status"), IN_BODIES)
async def test_another_organizations_contact_cannot_be_named(
    client: Client, bertha: Seeded, database: AsyncEngine, path: str, body: dict[str, Any], status: int
) -> None:
    before = await _rows_of_bertha(database)
    answer = await client.post(path, _with_ids(body, bertha))
    assert answer.status_code == status
    if status < 300:
        assert [one["state"] for one in answer.json()["data"]] == ["refused"]
    assert await _rows_of_bertha(database) == before


async def test_the_same_idempotency_key_is_another_one_elsewhere(
    api: Api, client: Client, bertha: Seeded, database: AsyncEngine
) -> None:
    assert bertha
    other = Client(api.client, await new_key(database, organization="bertha"))
    body = {"to": NUMBER, "body": "Hi"}
    first, second = [await each.post("/messages", body, idempotency_key="1") for each in (client, other)]
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] != second.json()["id"]
    again = [(await each.post("/messages", body, idempotency_key="1")).json() for each in (client, other)]
    assert again == [first.json(), second.json()]


async def test_the_stream_tells_nothing_of_another(
    api: Api, client: Client, bertha: Seeded, database: AsyncEngine
) -> None:
    assert bertha
    other = Client(api.client, await new_key(database, organization="bertha"))
    headers = {"Authorization": f"Bearer {client.key}"}
    async with api.client.stream("GET", f"{V1}/stream", headers=headers) as stream, asyncio.timeout(10):
        assert stream.status_code == 200
        for each in (other, client):
            last = (await each.post("/consents", OWN["record_consent"])).json()["event_id"]
        data = [line async for line in _until_told(stream.aiter_lines())]
    assert [f'"consent_event_id":{last}' in line.replace(" ", "") for line in data] == [True]


async def _until_told(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    """The stream's events up to the first about a consent; hers came before it."""
    async for line in lines:
        if line.startswith("data:"):
            yield line
            if "consent_event_id" in line:
                return


def _filled(operation: Operation, ids: Seeded) -> str:
    return operation.path.format(**ids)


def _with_ids(body: Any, ids: Seeded) -> Any:
    if isinstance(body, dict):
        return {name: _with_ids(value, ids) for name, value in body.items() if value is not None}
    if isinstance(body, list):
        return [_with_ids(each, ids) for each in body]
    return int(ids["contact_id"]) if body == "{contact_id}" else body


def _seen(shown: str) -> list[str]:
    return [secret for secret in SECRETS if secret in shown]


async def _rows_of_bertha(database: AsyncEngine) -> dict[str, list[str]]:
    """Every row that carries her organization's id, once the background has done with what she did herself."""
    found = await _read_rows(database)
    while True:
        await asyncio.sleep(_A_MOMENT)
        again = await _read_rows(database)
        if again == found:
            return found
        found = again


async def _read_rows(database: AsyncEngine) -> dict[str, list[str]]:
    values = {"id": await id_of(database, "bertha")}
    found = {}
    async with database.connect() as connection:
        for table in metadata.sorted_tables:
            if "organization_id" in table.columns:
                rows = f"SELECT t::text FROM {table.name} t WHERE organization_id = :id ORDER BY 1"  # noqa: S608
                found[table.name] = list((await connection.execute(text(rows), values)).scalars())
    return found
