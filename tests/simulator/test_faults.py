"""Requests that go wrong: what the client sees, and whether the message was accepted all the same."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from tests.simulator.running import MESSAGES, Twilio, Webhooks, until

TO = "+12125550101"
# fault -> (what the client sees, accepted)
SEEN = {
    "too_many_requests": (429, False),
    "error_before": (500, False),
    "error_after": (500, True),
    "reset_before": (aiohttp.ClientOSError, False),
    "reset_after": (aiohttp.ClientOSError, True),
    "timeout_before": (TimeoutError, False),
    "timeout_after": (TimeoutError, True),
    "malformed": (json.JSONDecodeError, True),
    "truncated": (aiohttp.ClientPayloadError, True),
    "no_sid": (KeyError, True),
}


async def attempt(twilio: Twilio) -> int:
    """Creates a message as an impatient client; raises whatever it meets."""
    answer = await twilio.create(TO)
    if answer.status == 201:
        assert answer.json["sid"]
    return answer.status


@pytest.mark.parametrize(("fault", "seen", "accepted"), [(name, *row) for name, row in SEEN.items()], ids=SEEN)
async def test_fault(twilio: Twilio, fault: str, seen: int | type[Exception], accepted: bool) -> None:  # noqa: FBT001
    await twilio.set(faults={fault: 1, "timeout_seconds": 30})
    if isinstance(seen, int):
        assert await attempt(twilio) == seen
    else:
        with pytest.raises(seen):
            await asyncio.wait_for(attempt(twilio), 0.5)
    await twilio.set(faults=None)
    entry = (await twilio.get("messages"))["messages"][0]
    assert (entry["fault"], entry["accepted"]) == (fault, accepted)
    listed = (await twilio.request("GET", f"{MESSAGES}.json")).json["messages"]
    assert [message["sid"] for message in listed] == ([entry["sid"]] if accepted else [])
    if accepted:
        await twilio.until_status(entry["sid"], "delivered")


async def test_a_message_whose_answer_was_lost_is_reported(twilio: Twilio, webhooks: Webhooks) -> None:
    await twilio.set(faults={"reset_after": 1})
    with pytest.raises(aiohttp.ClientOSError):
        await twilio.create(TO, StatusCallback=webhooks.url)
    calls = await webhooks.count(3)
    sid = (await twilio.get("messages"))["messages"][0]["sid"]
    assert webhooks.statuses(sid) == ["queued", "sent", "delivered"]
    assert {call.form["To"] for call in calls} == {TO}


async def test_the_same_seed_has_the_same_luck(twilio: Twilio) -> None:
    async def run(seed: int) -> list[int]:
        await twilio.set(seed=seed, faults={"error_before": 0.3, "too_many_requests": 0.3})
        await twilio.request("POST", "/simulator/reset")
        people = [f"+121255501{number:02}" for number in range(30)]
        return [(await twilio.create(person)).status for person in people]

    first = await run(1)
    assert set(first) == {201, 429, 500}
    assert await run(1) == first
    assert await run(2) != first


async def test_a_retry_has_a_luck_of_its_own(twilio: Twilio) -> None:
    await twilio.set(faults={"error_before": 0.5})
    statuses = [(await twilio.create(TO)).status for _ in range(20)]
    assert set(statuses) == {201, 500}


@pytest.mark.parametrize("fault", ["error_before", "too_many_requests"])
async def test_a_script_names_a_fault_for_one_number(twilio: Twilio, fault: str) -> None:
    await twilio.set(scripts={TO: {"fault": fault}})
    assert (await twilio.create(TO)).status in (429, 500)
    assert (await twilio.create("+12125550102")).status == 201


async def test_a_script_names_an_error_for_one_number(twilio: Twilio) -> None:
    await twilio.set(scripts={TO: {"error": 21408}})
    refused = (await twilio.create(TO)).json
    assert (refused["code"], refused["status"]) == (21408, 400)
    assert TO in refused["message"]


async def test_too_many_at_once(twilio: Twilio) -> None:
    await twilio.set(api_concurrency=5, latency={"low": 0.3, "high": 0.3})
    answers = await asyncio.gather(*(twilio.create(TO, f"text {number}") for number in range(20)))
    assert sorted(answer.status for answer in answers) == [201] * 5 + [429] * 15
    assert {answer.json["code"] for answer in answers if answer.status == 429} == {20429}


async def test_too_many_a_second(twilio: Twilio) -> None:
    await twilio.set(api_rate=10)
    statuses = [(await twilio.create(TO, f"text {number}")).status for number in range(30)]
    assert 10 <= statuses.count(201) < 30
    assert statuses.count(429) == 30 - statuses.count(201)


async def test_latency(twilio: Twilio) -> None:
    await twilio.set(latency={"low": 0.2, "high": 0.3})
    began = time.monotonic()
    assert (await twilio.create(TO)).status == 201
    assert time.monotonic() - began >= 0.2


async def test_a_service_sends_at_its_rate(twilio: Twilio) -> None:
    """Eleven segments at 20 a second: the last one begins half a second after the first."""
    await twilio.set(segments_per_second=20, delays={name: {"low": 0, "high": 0} for name in ("queued", "sent")})
    began = time.monotonic()
    sids = [(await twilio.create(TO, "x" * 200)).json["sid"] for _ in range(6)]
    await twilio.until_status(sids[-1], "delivered")
    assert 0.45 <= time.monotonic() - began < 1.5


async def test_validity_ends_in_the_queue(twilio: Twilio) -> None:
    await twilio.set(segments_per_second=0.1)
    await twilio.create(TO, "first in line")
    sid = (await twilio.create(TO, "too late", ValidityPeriod="1")).json["sid"]

    async def failed() -> bool:
        return bool((await twilio.fetch(sid))["status"] == "failed")

    await until(failed)
    assert (await twilio.fetch(sid))["error_code"] == 30036


@pytest.mark.parametrize(("fault", "seen", "canceled"), [(name, *row) for name, row in SEEN.items()], ids=SEEN)
async def test_fault_of_a_cancellation(
    twilio: Twilio,
    fault: str,
    seen: int | type[Exception],
    canceled: bool,  # noqa: FBT001
) -> None:
    later = {"ScheduleType": "fixed", "SendAt": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    sid = (await twilio.create(TO, **later)).json["sid"]

    async def attempt_to_cancel() -> int:
        answer = await twilio.request("POST", f"{MESSAGES}/{sid}.json", data={"Status": "canceled"})
        assert answer.status >= 400 or answer.json["sid"]
        return answer.status

    await twilio.set(cancel_fault=fault, faults={"timeout_seconds": 30})
    if isinstance(seen, int):
        assert await attempt_to_cancel() == seen
    else:
        with pytest.raises(seen):
            await asyncio.wait_for(attempt_to_cancel(), 0.5)
    assert (await twilio.fetch(sid))["status"] == ("canceled" if canceled else "scheduled")
