"""Consents by the API: kept with their evidence; a no always counts, and a yes never ends a STOP."""

from typing import Any

import pytest

from tests.api.server import PERSON, Api
from tests.api.v1.client import Client, problem

YES = {
    "phone": PERSON,
    "message_type": "marketing",
    "state": "opted_in",
    "method": "web_form",
    "source": "newsletter form",
    "given_at": "2026-01-05T10:00:00+01:00",
    "evidence": {
        "ip": "192.0.2.17",
        "user_agent": "Firefox",
        "wording": "Yes, send me offers.",
        "wording_version": "2026-01",
        "reference": "form 1107",
    },
}
NO = {**YES, "state": "opted_out", "method": "verbal", "source": "a call", "given_at": "2026-02-01T00:00:00Z"}


async def test_a_consent_is_kept_with_its_evidence(client: Client) -> None:
    made = await client.post("/consents", YES)
    assert made.status_code == 201
    [now] = (await client.post("/consents/search", {"phone": PERSON})).json()["data"]
    assert (now["message_type"], now["channel"], now["state"]) == ("marketing", "sms", "opted_in")
    assert now["event_id"] == made.json()["event_id"]
    contact = (await client.post("/contacts", {"phone": PERSON})).json()["id"]
    assert (await client.get(f"/contacts/{contact}/consents")).json()["data"] == [now]
    [entry] = (await client.get(f"/contacts/{contact}/consents/history")).json()["data"]
    assert (entry["state_before"], entry["state_after"]) == ("unknown", "opted_in")
    assert entry["action"] == "opt_in"
    assert [entry[name] for name in ("ip", "user_agent", "wording", "wording_version", "proof")] == [
        "192.0.2.17",
        "Firefox",
        "Yes, send me offers.",
        "2026-01",
        "form 1107",
    ]
    assert entry["given_at"] == "2026-01-05T09:00:00Z"
    assert entry["actor"].startswith("api key ")


@pytest.mark.parametrize(
    ("before", "declared", "state"),
    [
        ([], YES, "opted_in"),
        ([], NO, "opted_out"),
        ([YES], NO, "opted_out"),
        ([YES], YES, "opted_in"),
        ([NO], {**YES, "given_at": "2026-03-01T00:00:00Z"}, "opted_in"),
        ([{**YES, "given_at": "2026-03-01T00:00:00Z"}], NO, "opted_out"),
    ],
    ids=["first yes", "first no", "no after yes", "yes again", "later yes after a no by phone", "older no counts"],
)
async def test_declarations_follow_each_other(
    client: Client, before: list[dict[str, Any]], declared: dict[str, Any], state: str
) -> None:
    for each in before:
        await client.post("/consents", each)
    assert (await client.post("/consents", declared)).status_code == 201
    assert (await client.post("/consents/search", {"phone": PERSON})).json()["data"][0]["state"] == state


async def test_a_yes_that_is_older_than_the_no_is_refused(client: Client) -> None:
    await client.post("/consents", NO)
    problem(await client.post("/consents", YES), 409, "conflict")


async def test_a_yes_does_not_end_a_stop(client: Client, api: Api) -> None:
    await client.post("/consents", YES)
    await api.inbound("STOP", sid="SM" + "1" * 32)
    later = {name: value for name, value in YES.items() if name != "given_at"}
    found = problem(await client.post("/consents", later), 409, "conflict")
    assert "START" in found["detail"]
    states = {
        each["message_type"]: each["state"]
        for each in (await client.post("/consents/search", {"phone": PERSON})).json()["data"]
    }
    assert states["marketing"] == "opted_out"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"contact_id": 5}, "#"),
        ({"phone": None}, "#"),
        ({"phone": "12"}, "#/phone"),
        ({"given_at": "2199-01-01T00:00:00Z"}, "#/given_at"),
        ({"method": "keyword"}, "#/method"),
        ({"state": "pending"}, "#/state"),
        ({"evidence": {"photo": "x"}}, "#/evidence/photo"),
    ],
)
async def test_mistakes_are_told_with_their_place(client: Client, change: dict[str, Any], pointer: str) -> None:
    found = problem(await client.post("/consents", {**YES, **change}), 422, "invalid")
    assert found["errors"][0]["pointer"] == pointer


async def test_a_contact_that_is_not_there_is_told(client: Client) -> None:
    given = {**YES, "phone": None, "contact_id": 4711}
    problem(await client.post("/consents", given), 404, "not-found")
