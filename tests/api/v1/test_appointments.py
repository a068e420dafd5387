"""Appointments by the API: one for each external id, changed only where the client names something."""

from typing import Any

import pytest

from tests.api.v1.client import Client, problem

NEW = {
    "external_id": "A-1",
    "phone": "(202) 555-0123",
    "starts_at": "2030-03-11T09:00:00-04:00",
    "timezone": "america/new york",
    "kind": "checkup",
    "place": "Room 2",
    "attributes": {"doctor": "Reyes", "minutes": 30},
}


async def made(client: Client, **named: Any) -> dict[str, Any]:
    """An appointment."""
    answer = await client.post("/appointments", {**NEW, **named})
    assert answer.is_success, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_an_appointment_is_made_once_for_each_external_id(client: Client) -> None:
    first = await client.post("/appointments", NEW)
    again = await client.post("/appointments", NEW)
    assert (first.status_code, again.status_code) == (201, 200)
    shown = first.json()
    assert shown == again.json() == (await client.get(f"/appointments/{shown['id']}")).json()
    assert (shown["state"], shown["phone"], shown["timezone"]) == ("booked", "+12025550123", "America/New_York")
    assert shown["starts_at"] == "2030-03-11T13:00:00Z"
    contact = (await client.get(f"/contacts/{shown['contact_id']}")).json()
    assert contact["phone"] == "+12025550123"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {}),
        ({"place": None}, {"place": None}),
        ({"kind": "surgery"}, {"kind": "surgery"}),
        ({"starts_at": "2030-03-12T09:00:00Z"}, {"starts_at": "2030-03-12T09:00:00Z"}),
        ({"state": "confirmed"}, {"state": "confirmed"}),
        ({"attributes": {"doctor": None, "floor": 2}}, {"attributes": {"minutes": 30, "floor": 2}}),
    ],
)
async def test_only_what_is_named_changes(
    client: Client, change: dict[str, Any], expected: dict[str, Any]
) -> None:
    before = await made(client)
    changed = await client.patch(f"/appointments/{before['id']}", change)
    assert changed.status_code == 200
    assert {**changed.json(), "updated_at": None} == {**before, **expected, "updated_at": None}


async def test_its_story_tells_who_did_what(client: Client) -> None:
    path = f"/appointments/{(await made(client))['id']}"
    await client.patch(path, {"state": "confirmed"})
    await client.patch(path, {"starts_at": "2030-03-12T09:00:00Z"})
    cancelled = await client.post(f"{path}/cancel")
    again = await client.post(f"{path}/cancel")
    assert (cancelled.json()["state"], again.json()) == ("canceled", cancelled.json())
    story = (await client.get(f"{path}/story")).json()["data"]
    assert [each["what"] for each in story] == ["new", "confirmed", "moved", "booked", "canceled"]
    assert {each["actor"] for each in story} == {story[0]["actor"]}


REFUSED: list[tuple[str, dict[str, Any], int]] = [
    ("a number that is none", {"phone": "12"}, 422),
    ("nobody", {"phone": None}, 422),
    ("two people", {"contact_id": 1}, 422),
    ("no zone of the world", {"timezone": "Mars/Olympus"}, 422),
    ("a start without an offset", {"starts_at": "2030-03-11T09:00:00"}, 422),
    ("no start", {"starts_at": None}, 422),
    ("a state that is none", {"state": "maybe"}, 422),
    ("no such contact", {"phone": None, "contact_id": 2**62}, 404),
]


@pytest.mark.parametrize(("named", "status"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
async def test_what_is_wrong_is_said(client: Client, named: dict[str, Any], status: int) -> None:
    answer = await client.post("/appointments", {**NEW, **named})
    problem(answer, status, "invalid" if status == 422 else "not-found")
    assert (await client.get("/appointments")).json()["data"] == []


async def test_of_many_each_has_its_own_result(client: Client) -> None:
    await made(client)
    many = [
        NEW,
        {**NEW, "external_id": "A-2"},
        {**NEW, "external_id": "A-2"},
        {**NEW, "external_id": "A-3", "phone": "12"},
        {"external_id": "A-4", "phone": "+12025550124"},
        {"external_id": "A-1", "state": "confirmed"},
    ]
    answer = (await client.post("/appointments/bulk", {"appointments": many})).json()
    outcomes = ["unchanged", "new", "refused", "refused", "refused", "refused"]
    assert [each["outcome"] for each in answer["data"]] == outcomes
    assert (answer["new"], answer["unchanged"], answer["refused"]) == (1, 1, 4)
    assert all(each["reason"] for each in answer["data"] if each["outcome"] == "refused")


async def test_the_same_request_again_is_done_once(client: Client) -> None:
    first = await client.post("/appointments", NEW, idempotency_key="k")
    await client.post(f"/appointments/{first.json()['id']}/cancel")
    again = await client.post("/appointments", NEW, idempotency_key="k")
    assert (again.status_code, again.json()) == (201, first.json())


async def test_lists_go_by_start_in_pages(client: Client) -> None:
    for day in (14, 12, 13):
        await made(client, external_id=f"A-{day}", starts_at=f"2030-03-{day}T09:00:00Z")
    first = (await client.get("/appointments?limit=2")).json()
    rest = (await client.get(f"/appointments?limit=2&cursor={first['next_cursor']}")).json()
    assert [each["external_id"] for each in first["data"] + rest["data"]] == ["A-12", "A-13", "A-14"]
    assert rest["next_cursor"] is None
    since = (await client.get("/appointments?since=2030-03-13T00:00:00Z&until=2030-03-14T00:00:00Z")).json()
    assert [each["external_id"] for each in since["data"]] == ["A-13"]
    problem(await client.get("/appointments?cursor=MTI"), 422, "invalid")


async def test_whom_to_call(client: Client) -> None:
    for name, state in (("A-1", "booked"), ("A-2", "confirmed"), ("A-3", "canceled")):
        await made(client, external_id=name, state=state)
    shown = (await client.get("/appointments/unconfirmed?date=2030-03-11")).json()["data"]
    assert [each["external_id"] for each in shown] == ["A-1"]
    assert (await client.get("/appointments/unconfirmed")).json()["data"] == []
