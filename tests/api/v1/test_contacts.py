"""Contacts by the API: one for each number, changed only where the client names something."""

from typing import Any

import pytest

from tests.api.v1.client import Client, problem

PHONE = "+12025550123"
ADA = {
    "phone": "(202) 555-0123",
    "first_name": "Ada",
    "email": "ada@example.org",
    "locale": "en_us",
    "timezone": "america/new york",
    "tags": ["vip"],
    "attributes": {"city": "Boston", "points": 120, "member": True},
}


async def test_a_contact_is_made_once_for_each_number(client: Client) -> None:
    made = await client.post("/contacts", ADA)
    again = await client.post("/contacts", ADA)
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["id"] == again.json()["id"]
    shown = made.json()
    assert (shown["phone"], shown["country"]) == (PHONE, "US")
    assert (shown["locale"], shown["timezone"]) == ("en-US", "America/New_York")
    assert (await client.get(f"/contacts/{shown['id']}")).json() == again.json()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {}),
        ({"first_name": "Augusta"}, {"first_name": "Augusta"}),
        ({"first_name": None}, {"first_name": None}),
        ({"tags": ["new", "old"]}, {"tags": ["new", "old"]}),
        ({"tags": []}, {"tags": []}),
        ({"attributes": {"city": "Rome"}}, {"attributes": {"city": "Rome", "points": 120, "member": True}}),
        ({"attributes": {"city": None, "new": "x"}}, {"attributes": {"points": 120, "member": True, "new": "x"}}),
    ],
)
@pytest.mark.parametrize("by", ["PATCH", "POST"])
async def test_only_what_is_named_changes(
    client: Client, change: dict[str, Any], expected: dict[str, Any], by: str
) -> None:
    made = (await client.post("/contacts", ADA)).json()
    if by == "PATCH":
        changed = await client.patch(f"/contacts/{made['id']}", change)
    else:
        changed = await client.post("/contacts", {"phone": PHONE, **change})
    assert changed.status_code == 200
    assert {**changed.json(), "updated_at": None} == {**made, **expected, "updated_at": None}


async def test_the_number_of_a_contact_stays(client: Client) -> None:
    made = (await client.post("/contacts", ADA)).json()
    answer = await client.patch(f"/contacts/{made['id']}", {"phone": "+12025550124"})
    assert problem(answer, 422, "invalid")["errors"][0]["pointer"] == "#/phone"


async def test_lists_come_in_pages_without_gap_or_repetition(client: Client) -> None:
    ids = [
        (await client.post("/contacts", {"phone": f"+120255501{n:02d}", "tags": ["odd"] * (n % 2)})).json()["id"]
        for n in range(7)
    ]
    assert await _all(client, "/contacts?limit=3") == ids[::-1]
    assert await _all(client, "/contacts?limit=7") == ids[::-1]
    assert await _all(client, "/contacts?limit=2&tag=odd") == ids[5::-2]
    assert await _all(client, "/contacts?country=GB") == []


async def test_a_contact_is_found_by_its_number_without_naming_it_in_the_address(client: Client) -> None:
    made = (await client.post("/contacts", ADA)).json()
    assert (await client.post("/contacts/search", {"phone": PHONE})).json()["data"][0]["id"] == made["id"]
    assert (await client.post("/contacts/search", {"phone": "+12025550199"})).json()["data"] == []


async def _all(client: Client, path: str) -> list[int]:
    found: list[int] = []
    cursor = ""
    while True:
        page = (await client.get(path + cursor)).json()
        found += [contact["id"] for contact in page["data"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"
