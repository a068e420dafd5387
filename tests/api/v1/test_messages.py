"""Messages by the API: planned at once, with a result for each recipient; repeated requests send nothing twice."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.scheduling import MOST_AHEAD
from tests.api.server import PERSON, Api
from tests.api.v1.client import Client, problem
from tests.integration.population import phone, set_consent
from tests.integration.prefect_double import PrefectDouble

LATER = "2090-01-02T00:00:00+00:00"
HELLO = {"to": PERSON, "body": "Your parcel is at the door."}


async def test_a_message_is_planned_and_its_sending_asked_for(client: Client, prefect: PrefectDouble) -> None:
    prefect.asked.clear()
    answer = await client.post("/messages", HELLO)
    assert (answer.status_code, answer.json()["state"]) == (202, "planned")
    message = (await client.get(f"/messages/{answer.json()['id']}")).json()
    assert (message["direction"], message["phone"], message["campaign_id"]) == ("outbound", PERSON, None)
    assert message["contact_id"] == answer.json()["contact_id"]
    trace = (await client.get(f"/messages/{message['id']}/trace")).json()
    assert trace["cause"].startswith("api key ")
    assert (trace["attempts"], trace["statuses"]) == ([], [])
    await _until(lambda: len(prefect.asked) == 1)


async def test_to_a_contact(client: Client) -> None:
    contact = (await client.post("/contacts", {"phone": PERSON})).json()["id"]
    answer = await client.post("/messages", {"contact_id": contact, "body": "Hi"})
    assert answer.json()["contact_id"] == contact


async def test_who_said_no_is_skipped_and_the_caller_told(
    client: Client, database: AsyncEngine, organization_id: UUID
) -> None:
    async with database.begin() as connection:
        values = {"message_type": "transactional", "state": "opted_out"}
        await set_consent(connection, organization_id, PERSON, **values)
    planned = (await client.post("/messages", HELLO)).json()
    assert (planned["state"], planned["reason"]) == ("skipped", "opted_out")


async def test_marketing_without_consent_is_skipped(client: Client) -> None:
    planned = (await client.post("/messages", {**HELLO, "message_type": "marketing"})).json()
    assert (planned["state"], planned["reason"]) == ("skipped", "no_consent")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"to": "12"}, "#/to"),
        ({"to": None}, "#"),
        ({"contact_id": 4711}, "#"),
        ({"body": "x" * 1_601}, "#/body"),
        ({"media": ["http://example.org/cat.png"]}, "#/media"),
        ({"media": ["https://example.org/cat.png"] * 11}, "#/media"),
        ({"channel": "fax"}, "#/channel"),
        ({"send_before": "2020-01-01T00:00:00Z"}, "#/send_before"),
        ({"send_after": "2030-01-02T00:00:00Z", "send_before": "2030-01-01T00:00:00Z"}, "#/send_before"),
        ({"schedule_at_twilio": True}, "#/schedule_at_twilio"),
        ({"schedule_at_twilio": True, "send_after": LATER, "message_type": "marketing"}, "#/schedule_at_twilio"),
        ({"schedule_at_twilio": True, "send_after": LATER, "channel": "whatsapp"}, "#/schedule_at_twilio"),
    ],
)
async def test_mistakes_are_told_with_their_place(client: Client, change: dict[str, Any], pointer: str) -> None:
    found = problem(await client.post("/messages", {**HELLO, **change}), 422, "invalid")
    assert found["errors"][0]["pointer"] == pointer


async def test_one_that_is_to_wait_at_twilio_leaves_as_soon_as_it_takes_it(client: Client) -> None:
    planned = (await client.post("/messages", {**HELLO, "send_after": LATER, "schedule_at_twilio": True})).json()
    message = (await client.get(f"/messages/{planned['id']}")).json()
    assert message["state"] == "planned"
    assert datetime.fromisoformat(message["send_at_twilio"]) == datetime.fromisoformat(LATER)
    ahead = datetime.fromisoformat(LATER) - datetime.fromisoformat(message["send_after"])
    assert ahead == MOST_AHEAD


async def test_a_contact_that_is_not_there_is_told(client: Client) -> None:
    problem(await client.post("/messages", {"contact_id": 4711, "body": "Hi"}), 404, "not-found")


async def test_the_same_request_again_is_the_same_message(client: Client, database: AsyncEngine) -> None:
    first = await client.post("/messages", HELLO, idempotency_key="order 9")
    turned = dict(reversed(HELLO.items()))
    again = await client.post("/messages", turned, idempotency_key="order 9")
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert await _messages(database) == 1
    other = await client.post("/messages", {**HELLO, "body": "Else"}, idempotency_key="order 9")
    problem(other, 422, "idempotency-key-reused")
    elsewhere = await client.post("/messages/bulk", {"recipients": [{"to": PERSON}]}, idempotency_key="order 9")
    problem(elsewhere, 422, "idempotency-key-reused")
    assert await _messages(database) == 1


async def test_the_same_request_twenty_times_at_once_is_one_message(client: Client, database: AsyncEngine) -> None:
    requests = (client.post("/messages", HELLO, idempotency_key="order 10") for _ in range(20))
    answers = await asyncio.gather(*requests)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await _messages(database) == 1


async def test_a_request_that_failed_may_be_mended_under_its_key(client: Client) -> None:
    problem(await client.post("/messages", {**HELLO, "to": "12"}, idempotency_key="order 11"), 422, "invalid")
    assert (await client.post("/messages", HELLO, idempotency_key="order 11")).status_code == 202


async def test_many_have_a_result_each(client: Client, database: AsyncEngine, organization_id: UUID) -> None:
    async with database.begin() as connection:
        values = {"message_type": "transactional", "state": "opted_out"}
        await set_consent(connection, organization_id, phone(1), **values)
    recipients = [
        {"to": phone(0)},
        {"to": phone(1)},
        {"to": "12"},
        {"contact_id": 4711},
        {"to": phone(2), "body": "x"},
        {"to": phone(0)},
    ]
    sent = {"recipients": recipients, "body": "Closed at 6."}
    found = (await client.post("/messages/bulk", sent, idempotency_key="bulk 1")).json()
    states = ["planned", "skipped", "refused", "refused", "planned", "planned"]
    assert [one["state"] for one in found["data"]] == states
    assert (found["planned"], found["skipped"], found["refused"]) == (3, 1, 2)
    assert found["data"][5]["id"] == found["data"][0]["id"]
    assert "digits" in found["data"][2]["reason"]
    assert (await client.post("/messages/bulk", sent, idempotency_key="bulk 1")).json() == found
    assert await _messages(database) == 3


async def test_ten_thousand_recipients_fit_and_one_more_does_not(client: Client) -> None:
    recipients = [{"to": f"+1{area}5550{line}"} for area in range(201, 301) for line in range(100, 200)]
    sent = {"recipients": recipients, "body": "Closed at 6."}
    answer = await client.post("/messages/bulk", sent)
    assert answer.status_code == 202, answer.text[:500]
    assert len(answer.json()["data"]) == 10_000
    sent["recipients"] = [*recipients, {"to": PERSON}]
    problem(await client.post("/messages/bulk", sent), 422, "invalid")


async def test_messages_in_and_out_are_listed_by_filters(client: Client, api: Api) -> None:
    sent = (await client.post("/messages", HELLO)).json()
    await api.inbound("Thanks", sid="SM" + "2" * 32)
    assert [m["direction"] for m in await _listed(client, "")] == ["inbound", "outbound"]
    [received] = await _listed(client, "?direction=inbound")
    assert (received["body"], received["state"]) == ("Thanks", "received")
    assert [m["id"] for m in await _listed(client, "?state=planned")] == [sent["id"]]
    assert len(await _listed(client, f"?contact_id={sent['contact_id']}")) == 2
    assert await _listed(client, "?contact_id=1") == []
    problem(await client.get("/messages?state=lost"), 422, "invalid")
    first = (await client.get("/messages?limit=1")).json()
    rest = (await client.get(f"/messages?limit=1&cursor={first['next_cursor']}")).json()
    assert [m["id"] for m in first["data"] + rest["data"]] == [received["id"], sent["id"]]


async def _listed(client: Client, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get(f"/messages{query}")).json()["data"]
    return found


async def _messages(database: AsyncEngine) -> int:
    async with database.connect() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM messages"))).scalar_one())


async def _until(condition: Any) -> None:
    for _ in range(100):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("never came true")
