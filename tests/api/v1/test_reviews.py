"""Texts that may be a refusal, by the API: listed, decided on, and what becomes of marketing meanwhile."""

from typing import Any

import pytest

from tests.api.server import PERSON, Api
from tests.api.v1.client import Client, problem

CONSENT = {"phone": PERSON, "message_type": "marketing", "state": "opted_in", "method": "web_form", "source": "x"}


@pytest.fixture
async def review(api: Api, client: Client) -> dict[str, Any]:
    """Of someone who agreed to marketing and writes what may be a refusal."""
    assert (await client.post("/consents", CONSENT)).status_code == 201
    await api.inbound("please cancel my order", sid="SM" + "4" * 32)
    [line] = (await client.get("/consents/reviews")).json()["data"]
    found: dict[str, Any] = line
    return found


async def test_what_is_shown(client: Client, review: dict[str, Any]) -> None:
    assert (review["phone"], review["body"], review["state"]) == (PERSON, "please cancel my order", "open")
    assert review["why"] == 'like "stop"'
    assert (await client.get(f"/consents/reviews/{review['id']}")).json() == review


async def test_kept(client: Client, review: dict[str, Any]) -> None:
    path = f"/consents/reviews/{review['id']}"
    kept = await client.post(f"{path}/decision", {"decision": "kept"})
    assert (kept.status_code, kept.json()["state"]) == (200, "kept")
    assert kept.json()["decided_by"]
    assert (await client.get("/consents/reviews")).json()["data"] == []
    assert [one["id"] for one in (await client.get("/consents/reviews?state=kept")).json()["data"]] == [
        review["id"]
    ]
    assert await _states(client) == {"opted_in"}
    again = await client.post(f"{path}/decision", {"decision": "opted_out"})
    assert "was decided by" in problem(again, 409, "conflict")["detail"]


async def test_opted_out(client: Client, review: dict[str, Any]) -> None:
    answer = await client.post(f"/consents/reviews/{review['id']}/decision", {"decision": "opted_out"})
    assert answer.json()["state"] == "opted_out"
    assert await _states(client) == {"opted_out"}


async def test_the_person_decides_first(api: Api, client: Client, review: dict[str, Any]) -> None:
    await api.inbound("ok, just stop it all", sid="SM" + "5" * 32)
    shown = (await client.get(f"/consents/reviews/{review['id']}")).json()
    assert (shown["state"], shown["decided_by"]) == ("opted_out", "the person")
    late = await client.post(f"/consents/reviews/{review['id']}/decision", {"decision": "kept"})
    problem(late, 409, "conflict")
    assert await _states(client) == {"opted_out"}


async def _states(client: Client) -> set[str]:
    found = (await client.post("/consents/search", {"phone": PERSON})).json()["data"]
    return {one["state"] for one in found}
