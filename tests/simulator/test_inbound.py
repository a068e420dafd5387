"""Messages from people: the webhook's fields and signature, TwiML answers, STOP and START."""

import asyncio
import time

import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator

from tests.simulator.running import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    MESSAGES,
    OTHER_SERVICE,
    SERVICE,
    Twilio,
    Webhooks,
    until,
)

PERSON = "+12125550101"


def twiml(text: str) -> web.Response:
    return web.Response(text=f"<?xml version='1.0'?><Response>{text}</Response>", content_type="text/xml")


@pytest.fixture
async def listening(twilio: Twilio, webhooks: Webhooks) -> Webhooks:
    """The simulator posts people's messages to the receiver."""
    await twilio.set(inbound_url=f"{webhooks.url}/inbound", people={"delay": {"low": 0, "high": 0.01}})
    webhooks.answer = lambda _call: twiml("")
    return webhooks


async def test_fields_and_signature(twilio: Twilio, listening: Webhooks) -> None:
    said = await twilio.say(PERSON, "  See you\n", media=["https://example.org/a.jpg"])
    call = listening.calls[0]
    assert said == {"sid": call.form["MessageSid"], "webhook_status": 200, "twiml": said["twiml"]}
    assert (
        call.form.items()
        >= {
            "SmsSid": said["sid"],
            "SmsMessageSid": said["sid"],
            "AccountSid": ACCOUNT_SID,
            "MessagingServiceSid": SERVICE,
            "From": PERSON,
            "Body": "  See you\n",
            "NumMedia": "1",
            "MediaUrl0": "https://example.org/a.jpg",
            "NumSegments": "1",
            "FromCity": "NEW YORK",
            "FromState": "NY",
            "FromZip": "10001",
            "FromCountry": "US",
            "SmsStatus": "received",
        }.items()
    )
    assert "OptOutType" not in call.form
    signature = call.headers["X-Twilio-Signature"]
    assert RequestValidator(AUTH_TOKEN).validate(f"{listening.url}/inbound", call.form, signature)


async def test_inbound_messages_are_listed(twilio: Twilio, listening: Webhooks) -> None:
    said = await twilio.say(PERSON, "Hello?")
    page = (await twilio.request("GET", f"{MESSAGES}.json", params={"From": PERSON})).json
    message = page["messages"][0]
    assert (message["sid"], message["direction"], message["status"]) == (said["sid"], "inbound", "received")
    assert message["to"] == listening.calls[0].form["To"]
    assert message["date_sent"] is not None


@pytest.mark.usefixtures("listening")
async def test_what_people_sent_is_logged_with_the_answer(twilio: Twilio) -> None:
    before = time.monotonic()
    sids = [(await twilio.say(PERSON, body))["sid"] for body in ("Hello?", " stop ")]
    await twilio.set(inbound_url="http://127.0.0.1:9/inbound")
    await twilio.say(PERSON, "Anyone?")
    page = await twilio.get("inbound")
    entries = page["messages"]
    assert page["next_after"] is None
    assert [entry["sid"] for entry in entries[:2]] == sids
    assert [entry["number"] for entry in entries] == [1, 2, 3]
    assert {entry["from"] for entry in entries} == {PERSON}
    assert [entry["keyword"] for entry in entries] == [None, "STOP", None]
    assert [entry["webhook_status"] for entry in entries] == [200, 200, None]
    moments = [entry[name] for entry in entries for name in ("sent_monotonic", "answered_monotonic")]
    in_order = [before, *moments, time.monotonic()]
    assert in_order == sorted(in_order)


@pytest.mark.usefixtures("listening")
async def test_the_log_of_what_people_sent_comes_in_pages(twilio: Twilio) -> None:
    for body in ("one", "two", "three"):
        await twilio.say(PERSON, body)
    first = await twilio.get("inbound?limit=2")
    rest = await twilio.get(f"inbound?after={first['next_after']}")
    assert [[entry["body"] for entry in page["messages"]] for page in (first, rest)] == [["one", "two"], ["three"]]


async def test_twiml_messages_are_sent_back(twilio: Twilio, listening: Webhooks) -> None:
    listening.answer = lambda call: twiml(
        "<Message statusCallback='/status'>One</Message><Message><Body>Two</Body></Message>"
        if call.url.endswith("/inbound")
        else ""
    )
    await twilio.say(PERSON, "Hi")
    page = (await twilio.request("GET", f"{MESSAGES}.json", params={"To": PERSON})).json["messages"]
    assert [(reply["body"], reply["direction"]) for reply in page] == [
        ("Two", "outbound-reply"),
        ("One", "outbound-reply"),
    ]
    assert page[0]["from"] == listening.calls[0].form["To"]
    await listening.count(3)
    assert listening.statuses(page[1]["sid"]) == ["sent", "delivered"]


async def test_stop_blocks_the_service_until_start(twilio: Twilio, listening: Webhooks) -> None:
    await twilio.say(PERSON, " stop ")
    refused = await twilio.create(PERSON)
    assert (refused.status, refused.json["code"]) == (400, 21610)
    assert (await twilio.create(PERSON, MessagingServiceSid=OTHER_SERVICE)).status == 201
    assert (await twilio.create("+12125550102")).status == 201
    await twilio.say(PERSON, "Start")
    assert (await twilio.create(PERSON)).status == 201
    assert [call.form["Body"] for call in listening.calls] == [" stop ", "Start"]


async def test_stop_to_a_pool_number_blocks_its_service(twilio: Twilio, listening: Webhooks) -> None:
    created = (await twilio.create(PERSON)).json
    number = (await twilio.until_status(created["sid"], "delivered"))["from"]
    await twilio.say(PERSON, "STOPALL", messaging_service_sid=None, to=number)
    assert listening.calls[0].form["MessagingServiceSid"] == SERVICE
    assert (await twilio.create(PERSON)).json["code"] == 21610


@pytest.mark.parametrize("body", ["Stop please", "stopp", "don't stop"])
async def test_only_the_whole_word_stops(twilio: Twilio, listening: Webhooks, body: str) -> None:
    await twilio.say(PERSON, body)
    assert len(listening.calls) == 1
    assert (await twilio.create(PERSON)).status == 201


async def test_blocking_can_be_turned_off(twilio: Twilio, listening: Webhooks) -> None:
    await twilio.set(block_after_stop=False)
    await twilio.say(PERSON, "STOP")
    assert len(listening.calls) == 1
    assert (await twilio.create(PERSON)).status == 201


async def test_advanced_opt_out_names_the_type(twilio: Twilio, listening: Webhooks) -> None:
    await twilio.set(advanced_opt_out=True)
    await twilio.say(PERSON, "help")
    await twilio.say(PERSON, "enough of this", opt_out_type="STOP")
    assert [call.form["OptOutType"] for call in listening.calls] == ["HELP", "STOP"]
    assert (await twilio.create(PERSON)).json["code"] == 21610


async def test_twilios_own_confirmation_is_listed_and_ours_is_dropped(twilio: Twilio, listening: Webhooks) -> None:
    listening.answer = lambda _call: twiml("<Message>You are unsubscribed, too.</Message>")
    await twilio.say(PERSON, "STOP")
    page = (await twilio.request("GET", f"{MESSAGES}.json", params={"To": PERSON})).json["messages"]
    assert [reply["body"][:31] for reply in page] == ["You have successfully been unsu"]


async def test_recipients_reply_and_stop_by_share(twilio: Twilio, listening: Webhooks) -> None:
    await twilio.set(people={"reply": 0.4, "texts": ["Fine"], "stop": 0.3, "stop_texts": ["STOP"]})
    for number in range(60):
        await twilio.create(f"+121255501{number:02}")

    async def ended() -> bool:
        return bool((await twilio.get("stats"))["under_way"] == 0)

    await until(ended)
    said = [call.form["Body"] for call in listening.calls]
    assert said.count("Fine") == pytest.approx(24, abs=12)
    assert said.count("STOP") == pytest.approx(18, abs=11)
    assert (await twilio.get("stats"))["opt_outs"] == said.count("STOP")


async def test_a_scripted_reply(twilio: Twilio, listening: Webhooks) -> None:
    await twilio.set(scripts={PERSON: {"reply": "Who is this?"}})
    sid = (await twilio.create(PERSON)).json["sid"]
    call = (await listening.count(1))[0]
    assert (call.form["From"], call.form["Body"]) == (PERSON, "Who is this?")
    assert call.form["To"] == (await twilio.fetch(sid))["from"]


async def test_stop_recalls_nothing_that_was_accepted(twilio: Twilio, listening: Webhooks) -> None:
    await twilio.set(segments_per_second=4)
    sids = [(await twilio.create(PERSON, f"text {number}")).json["sid"] for number in range(3)]
    await twilio.say(PERSON, "STOP")
    await asyncio.gather(*(twilio.until_status(sid, "delivered") for sid in sids))
    assert listening.calls[0].form["Body"] == "STOP"


async def test_whatsapp_keeps_its_addresses(twilio: Twilio, listening: Webhooks) -> None:
    await twilio.say(f"whatsapp:{PERSON}", "Hi")
    form = listening.calls[0].form
    assert form["From"] == f"whatsapp:{PERSON}"
    assert form["To"].startswith("whatsapp:+1")
    assert form["WaId"] == PERSON.removeprefix("+")


async def test_a_webhook_that_is_down(twilio: Twilio, listening: Webhooks) -> None:
    await twilio.set(inbound_url="http://127.0.0.1:9/inbound")
    said = await twilio.say(PERSON, "Anyone?")
    assert said["webhook_status"] is None
    assert listening.calls == []
    page = (await twilio.request("GET", f"{MESSAGES}.json", params={"From": PERSON})).json
    assert page["messages"][0]["sid"] == said["sid"]


async def test_no_webhook_at_all(twilio: Twilio) -> None:
    message = {"from": PERSON, "messaging_service_sid": SERVICE, "body": "Hi"}
    answer = await twilio.request("POST", "/simulator/inbound", json=message)
    assert answer.status == 400
    assert "inbound_url" in answer.json["error"]


async def test_someone_may_write_to_a_service_that_has_sent_nothing(twilio: Twilio, listening: Webhooks) -> None:
    await twilio.set(first_services=[OTHER_SERVICE, SERVICE], pool_size=1)
    await twilio.request("POST", "/simulator/reset")
    for number, service in (("+12025550100", OTHER_SERVICE), ("+12025550101", SERVICE)):
        await twilio.say(PERSON, "Hello?", to=number, messaging_service_sid=None)
        assert listening.calls[-1].form["MessagingServiceSid"] == service
