"""The account's numbers as Twilio lists them, and what people wrote to each of them."""

from typing import Any

from tests.simulator.running import ACCOUNT_SID, MESSAGES, Twilio

ACCOUNT = f"/2010-04-01/Accounts/{ACCOUNT_SID}"
NUMBERS = f"{ACCOUNT}/IncomingPhoneNumbers.json"
UNREACHABLE = "http://127.0.0.1:9/inbound#rc=0"


async def _numbers(twilio: Twilio) -> list[str]:
    page: dict[str, Any] = (await twilio.request("GET", NUMBERS)).json
    assert page["next_page_uri"] is None
    return [number["phone_number"] for number in page["incoming_phone_numbers"]]


async def test_numbers_are_those_of_the_pools_and_those_written_to(twilio: Twilio) -> None:
    assert await _numbers(twilio) == []
    await twilio.set(inbound_url=UNREACHABLE, pool_size=2)
    await twilio.say("+12125550101", "Hello")
    pool = (await twilio.get("stats"))["pools"]
    (numbers,) = pool.values()
    assert await _numbers(twilio) == sorted(numbers)
    await twilio.say("+12125550101", "Hello", messaging_service_sid=None, to="+17025550199")
    await twilio.say("whatsapp:+12125550101", "Hello", messaging_service_sid=None, to="whatsapp:+17025550188")
    assert await _numbers(twilio) == sorted([*numbers, "+17025550199"]), "WhatsApp senders are not among them"


async def test_there_is_no_short_code(twilio: Twilio) -> None:
    page = (await twilio.request("GET", f"{ACCOUNT}/SMS/ShortCodes.json")).json
    assert (page["short_codes"], page["next_page_uri"]) == ([], None)


async def test_nobody_else_sees_them(twilio: Twilio) -> None:
    twilio.user = (ACCOUNT_SID, "another token")
    for path in (NUMBERS, f"{ACCOUNT}/SMS/ShortCodes.json"):
        assert (await twilio.request("GET", path)).status == 401


async def test_what_was_written_to_a_number_is_listed_newest_first(twilio: Twilio) -> None:
    await twilio.set(inbound_url=UNREACHABLE, pool_size=1)
    for text in ("first", "second"):
        await twilio.say("+12125550101", text)
    await twilio.create("+12125550101", "from us")
    (number,) = await _numbers(twilio)
    found = (await twilio.request("GET", f"{MESSAGES}.json", params={"To": number})).json["messages"]
    told = [(one["body"], one["direction"], one["status"], one["from"]) for one in found]
    assert told == [(text, "inbound", "received", "+12125550101") for text in ("second", "first")]
    assert all(one["date_sent"] and one["messaging_service_sid"] for one in found)
