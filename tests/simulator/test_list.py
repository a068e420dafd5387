"""Listing, updating and deleting messages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulator.running import MESSAGES, SERVICE, Twilio, until

TODAY = datetime.now(UTC).date()
FUTURE = {"ScheduleType": "fixed", "SendAt": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}


async def listed(twilio: Twilio, **query: str) -> list[str]:
    page = (await twilio.request("GET", f"{MESSAGES}.json", params=query)).json
    return [message["body"] for message in page["messages"]]


async def test_pages_lead_through_everything_newest_first(twilio: Twilio) -> None:
    for number in range(7):
        await twilio.create("+12125550101", f"text {number}")
    path, bodies, pages = f"{MESSAGES}.json?PageSize=3", [], []
    while path:
        page = (await twilio.request("GET", path)).json
        bodies += [message["body"] for message in page["messages"]]
        pages.append((page["page"], page["start"], page["end"]))
        await twilio.create("+12125550102", "a new one shifts no page")
        path = page["next_page_uri"]
    assert bodies == [f"text {number}" for number in range(6, -1, -1)]
    assert pages == [(0, 0, 2), (1, 3, 5), (2, 6, 6)]


async def test_filters(twilio: Twilio) -> None:
    first = (await twilio.create("+12125550101", "first")).json
    await twilio.create("+12125550102", "second")
    await twilio.create("+12125550101", "never sent", **FUTURE)
    sent = await twilio.until_status(first["sid"], "delivered")
    await until(lambda: _all_sent(twilio, 2))
    cases: dict[str, tuple[dict[str, str], list[str]]] = {
        "to": ({"To": "+12125550101"}, ["never sent", "first"]),
        "to, written otherwise": ({"To": "+1 212 555 0102"}, ["second"]),
        "from": ({"From": sent["from"], "To": "+12125550101"}, ["first"]),
        "sent today": ({"DateSent": f"{TODAY}"}, ["second", "first"]),
        "sent until yesterday": ({"DateSent<": f"{TODAY - timedelta(days=1)}"}, []),
        "sent since yesterday": ({"DateSent>": f"{TODAY - timedelta(days=1)}"}, ["second", "first"]),
        "sent since tomorrow": ({"DateSent>": f"{TODAY + timedelta(days=1)}"}, []),
        "sent since a moment": ({"DateSent>": sent["date_sent"]}, ["second", "first"]),
    }
    for label, (query, expected) in cases.items():
        assert await listed(twilio, **query) == expected, label


async def _all_sent(twilio: Twilio, number: int) -> bool:
    return len(await listed(twilio, DateSent=f"{TODAY}")) == number


@pytest.mark.parametrize("query", [{"DateSent": "soon"}, {"PageSize": "many"}, {"Page": "-1"}])
async def test_a_query_that_cannot_be_read(twilio: Twilio, query: dict[str, str]) -> None:
    answer = await twilio.request("GET", f"{MESSAGES}.json", params=query)
    assert (answer.status, answer.json["code"]) == (400, 20001)


async def nothing_under_way(twilio: Twilio) -> bool:
    return bool((await twilio.get("stats"))["under_way"] == 0)


async def test_a_scheduled_message_can_be_canceled_once(twilio: Twilio) -> None:
    sid = (await twilio.create("+12125550101", **FUTURE)).json["sid"]
    path, form = f"{MESSAGES}/{sid}.json", {"Status": "canceled"}
    assert (await twilio.request("POST", path, data=form)).json["status"] == "canceled"
    await until(lambda: nothing_under_way(twilio))
    again = await twilio.request("POST", path, data=form)
    assert (again.status, again.json["code"]) == (400, 30409)


async def test_redaction_and_deletion_wait_for_the_end(twilio: Twilio) -> None:
    sid = (await twilio.create("+12125550101", "secret", **FUTURE)).json["sid"]
    path = f"{MESSAGES}/{sid}.json"
    assert (await twilio.request("POST", path, data={"Body": ""})).json["code"] == 20009
    assert (await twilio.request("DELETE", path)).json["code"] == 20009
    await twilio.request("POST", path, data={"Status": "canceled"})
    assert (await twilio.request("POST", path, data={"Body": ""})).json["body"] == ""
    assert (await twilio.request("DELETE", path)).status == 204
    assert (await twilio.request("GET", path)).status == 404
    assert await listed(twilio) == []


async def test_what_an_update_may_not_do(twilio: Twilio) -> None:
    sid = (await twilio.create("+12125550101")).json["sid"]
    changes: list[dict[str, Any]] = [{"Body": "other"}, {"Status": "sent"}, {}]
    for form in changes:
        assert (await twilio.request("POST", f"{MESSAGES}/{sid}.json", data=form)).status == 400


async def test_one_recipient_hears_from_one_number_of_the_pool(twilio: Twilio) -> None:
    await twilio.set(pool_size=5)
    people = [f"+121255501{number:02}" for number in range(20)]
    sids = [(await twilio.create(person)).json["sid"] for person in people * 2]
    senders = [(await twilio.until_status(sid, "delivered"))["from"] for sid in sids]
    assert senders[:20] == senders[20:]
    pool = (await twilio.get("stats"))["pools"][SERVICE]
    assert len(set(senders)) > 1
    assert set(senders) <= set(pool)
    assert len(pool) == 5
