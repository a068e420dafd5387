"""Status callbacks: their order, fields and signature, their retries, and the disorder they can be in."""

import asyncio
from collections import Counter

import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator

from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, MESSAGES, SERVICE, Heard, Twilio, Webhooks, until

TO = "+12125550101"
WHOLE = ["queued", "sent", "delivered"]


async def test_every_status_but_the_first_is_reported_in_order(twilio: Twilio, webhooks: Webhooks) -> None:
    created = (await twilio.create(TO, StatusCallback=f"{webhooks.url}/status?id=7&a=%20b")).json
    calls = await webhooks.count(3)
    assert webhooks.statuses(created["sid"]) == WHOLE
    assert (
        calls[2].form.items()
        >= {
            "MessageSid": created["sid"],
            "SmsSid": created["sid"],
            "SmsStatus": "delivered",
            "AccountSid": ACCOUNT_SID,
            "MessagingServiceSid": SERVICE,
            "To": TO,
            "ApiVersion": "2010-04-01",
        }.items()
    )
    assert calls[2].form["From"] in (await twilio.get("stats"))["pools"][SERVICE]
    assert len(calls[2].form["RawDlrDoneDate"]) == 10


@pytest.mark.parametrize("tail", ["/status", "/status?id=7&try=1", "/status?x=%C3%A9%20%2B#rc=2&rp=all", "/#rc=1"])
async def test_twilios_own_validator_accepts_the_signature(twilio: Twilio, webhooks: Webhooks, tail: str) -> None:
    await twilio.create(TO, StatusCallback=webhooks.url + tail)
    call = (await webhooks.count(1))[0]
    url, signature = webhooks.url + tail.partition("#")[0], call.headers["X-Twilio-Signature"]
    assert RequestValidator(AUTH_TOKEN).validate(url, call.form, signature)
    assert not RequestValidator("another").validate(url, call.form, signature)


async def test_a_number_as_sender_begins_queued(twilio: Twilio, webhooks: Webhooks) -> None:
    created = await twilio.create(TO, MessagingServiceSid=None, From="+15005550006", StatusCallback=webhooks.url)
    await webhooks.count(2)
    assert webhooks.statuses(created.json["sid"]) == ["sent", "delivered"]


@pytest.mark.parametrize(
    ("script", "statuses", "code"),
    [
        ({"status": "undelivered", "error_code": 30005}, ["queued", "sent", "undelivered"], "30005"),
        ({"status": "failed", "error_code": 30007}, ["queued", "failed"], "30007"),
        ({"status": "undelivered"}, ["queued", "sent", "undelivered"], "30003"),
        ({"status": "sent"}, ["queued", "sent"], None),
        ({"status": "read"}, ["queued", "sent", "delivered", "read"], None),
    ],
    ids=["undelivered", "failed", "default code", "stays sent", "read"],
)
async def test_a_script_decides_the_end(
    twilio: Twilio, webhooks: Webhooks, script: dict[str, object], statuses: list[str], code: str | None
) -> None:
    await twilio.set(scripts={TO: script})
    sid = (await twilio.create(TO, StatusCallback=webhooks.url)).json["sid"]
    await webhooks.count(len(statuses))
    assert webhooks.statuses(sid) == statuses
    assert webhooks.calls[-1].form.get("ErrorCode") == code
    message = await twilio.fetch(sid)
    assert message["error_code"] == (int(code) if code else None)
    assert message["status"] == statuses[-1]


async def test_shares_of_undelivered_and_failed(twilio: Twilio) -> None:
    await twilio.set(outcomes={"undelivered": 0.3, "failed": 0.2})
    people = [f"+121255501{number:02}" for number in range(100)]
    for person in people:
        await twilio.create(person)

    async def ended() -> bool:
        return bool((await twilio.get("stats"))["under_way"] == 0)

    await until(ended)
    page = (await twilio.request("GET", f"{MESSAGES}.json?PageSize=1000")).json["messages"]
    ends = Counter(message["status"] for message in page)
    assert ends["undelivered"] == pytest.approx(30, abs=15)
    assert ends["failed"] == pytest.approx(20, abs=12)
    assert sum(ends.values()) == 100
    codes = {message["error_code"] for message in page if message["status"] == "undelivered"}
    assert codes == {30003, 30005, 30006}


async def test_duplicates(twilio: Twilio, webhooks: Webhooks) -> None:
    await twilio.set(callbacks={"duplicated": 1})
    sid = (await twilio.create(TO, StatusCallback=webhooks.url)).json["sid"]
    await webhooks.count(6)
    assert Counter(webhooks.statuses(sid)) == {"queued": 2, "sent": 2, "delivered": 2}


async def test_out_of_order(twilio: Twilio, webhooks: Webhooks) -> None:
    await twilio.set(callbacks={"out_of_order": 1})
    for number in range(8):
        await twilio.create(TO, f"text {number}", StatusCallback=webhooks.url)
    calls = await webhooks.count(24)
    orders = {tuple(webhooks.statuses(sid)) for sid in {call.form["MessageSid"] for call in calls}}
    assert orders == {("queued", "delivered", "sent"), ("sent", "delivered", "queued")}


async def test_lost_callbacks_leave_the_message_as_it_is(twilio: Twilio, webhooks: Webhooks) -> None:
    await twilio.set(callbacks={"lost": 1})
    sid = (await twilio.create(TO, StatusCallback=webhooks.url)).json["sid"]
    await twilio.until_status(sid, "delivered")
    assert webhooks.calls == []


async def test_an_early_callback_comes_before_the_answer(twilio: Twilio, webhooks: Webhooks) -> None:
    await twilio.set(callbacks={"early": 1}, delays={"queued": {"low": 1, "high": 1}})
    created = await twilio.create(TO, StatusCallback=webhooks.url)
    assert webhooks.statuses(created.json["sid"])[:1] == ["queued"]
    await webhooks.count(3)
    assert webhooks.statuses(created.json["sid"]) == WHOLE


FAILURES = {
    "a 500 is not tried again by default": ("", 500, 1),
    "nor a 500 with retries for connections": ("#rc=3", 500, 1),
    "5xx": ("#rc=3&rp=5xx", 503, 4),
    "4xx is not 5xx": ("#rc=3&rp=5xx", 404, 1),
    "all": ("#rc=2&rp=all", 404, 3),
    "more than five counts as the default": ("#rc=9&rp=all", 500, 2),
}


@pytest.mark.parametrize(("fragment", "status", "tries"), FAILURES.values(), ids=FAILURES.keys())
async def test_retries_follow_the_fragment(
    twilio: Twilio, webhooks: Webhooks, fragment: str, status: int, tries: int
) -> None:
    await twilio.set(scripts={TO: {"status": "sent"}})
    webhooks.answer = lambda _call: web.Response(status=status)
    created = await twilio.create(
        TO, MessagingServiceSid=None, From="+15005550006", StatusCallback=webhooks.url + fragment
    )
    await webhooks.count(tries)
    await asyncio.sleep(0.3)
    assert webhooks.statuses(created.json["sid"]) == ["sent"] * tries
    assert len({call.headers["I-Twilio-Idempotency-Token"] for call in webhooks.calls}) == 1


async def test_a_retry_that_succeeds_is_the_last(twilio: Twilio, webhooks: Webhooks) -> None:
    def answer(_call: Heard) -> web.Response:
        return web.Response(status=500 if len(webhooks.calls) == 1 else 200)

    webhooks.answer = answer
    sid = (await twilio.create(TO, StatusCallback=f"{webhooks.url}#rc=5&rp=all")).json["sid"]
    await webhooks.count(4)
    await asyncio.sleep(0.2)
    assert Counter(webhooks.statuses(sid)) == {"queued": 2, "sent": 1, "delivered": 1}


async def test_a_reset_ends_the_retries(twilio: Twilio, webhooks: Webhooks) -> None:
    await twilio.set(callbacks={"retry_delay": 0.3})
    webhooks.answer = lambda _call: web.Response(status=500)
    await twilio.create(TO, StatusCallback=f"{webhooks.url}#rc=5&rp=all")
    heard = len(await webhooks.count(3))
    await twilio.request("POST", "/simulator/reset")
    await asyncio.sleep(0.5)
    assert len(webhooks.calls) == heard


async def test_whatsapp_is_sent_from_a_whatsapp_address(twilio: Twilio) -> None:
    await twilio.set(outcomes={"read": 1})
    message = await twilio.until_status((await twilio.create(f"whatsapp:{TO}")).json["sid"], "read")
    assert message["from"].removeprefix("whatsapp:") in (await twilio.get("stats"))["pools"][SERVICE]
    assert message["from"].startswith("whatsapp:")


async def test_cancelling_is_reported(twilio: Twilio, webhooks: Webhooks) -> None:
    await twilio.set(delays={"queued": {"low": 0.3, "high": 0.3}})
    sid = (await twilio.create(TO, StatusCallback=webhooks.url)).json["sid"]
    await twilio.request("POST", f"{MESSAGES}/{sid}.json", data={"Status": "canceled"})
    await webhooks.count(1)
    await asyncio.sleep(0.5)
    assert webhooks.statuses(sid) == ["canceled"]
