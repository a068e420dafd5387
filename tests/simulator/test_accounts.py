"""Several accounts at one simulator: each its own token, messages, services and signature."""

from dataclasses import replace

import pytest

from simulator.signature import sign
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, MESSAGES, SERVICE, Twilio, Webhooks

SUB, SUB_TOKEN = "AC" + "7b" * 16, "token-of-the-subaccount"
SUB_MESSAGES = MESSAGES.replace(ACCOUNT_SID, SUB)
SUB_SERVICE = "MG" + "7c" * 16
PERSON = "+12025550123"


@pytest.fixture
async def subaccount(twilio: Twilio) -> Twilio:
    """The simulator as the subaccount sees it."""
    answer = await twilio.request(
        "POST", "/simulator/accounts", json={"account_sid": SUB, "auth_token": SUB_TOKEN}
    )
    assert answer.status == 201
    return replace(twilio, user=(SUB, SUB_TOKEN))


def _form(service: str, callback: str | None = None) -> dict[str, str]:
    form = {"To": PERSON, "MessagingServiceSid": service, "Body": "Hi"}
    return form if callback is None else {**form, "StatusCallback": callback}


async def test_each_account_sees_its_own_messages(twilio: Twilio, subaccount: Twilio) -> None:
    ours = (await twilio.create(PERSON)).json
    made = await subaccount.request("POST", f"{SUB_MESSAGES}.json", data=_form(SUB_SERVICE))
    assert (made.status, made.json["account_sid"]) == (201, SUB)
    for twilio_, path, sid, other in (
        (twilio, MESSAGES, ours["sid"], made.json["sid"]),
        (subaccount, SUB_MESSAGES, made.json["sid"], ours["sid"]),
    ):
        listed = await twilio_.request("GET", f"{path}.json", params={"To": PERSON})
        assert [message["sid"] for message in listed.json["messages"]] == [sid]
        assert (await twilio_.request("GET", f"{path}/{other}.json")).status == 404
    log = (await twilio.get("messages"))["messages"]
    assert [entry["account_sid"] for entry in log] == [ACCOUNT_SID, SUB]


@pytest.mark.parametrize(
    ("user", "path", "status"),
    [
        pytest.param((ACCOUNT_SID, AUTH_TOKEN), SUB_MESSAGES, 200, id="the main account acts for its subaccount"),
        pytest.param((SUB, SUB_TOKEN), MESSAGES, 401, id="a subaccount does not act for the main account"),
        pytest.param((SUB, AUTH_TOKEN), SUB_MESSAGES, 401, id="the main token is not the subaccount's"),
        pytest.param((ACCOUNT_SID, AUTH_TOKEN), MESSAGES.replace(ACCOUNT_SID, "AC" + "8" * 32), 401, id="unknown"),
    ],
)
async def test_who_opens_what(
    twilio: Twilio, subaccount: Twilio, user: tuple[str, str], path: str, status: int
) -> None:
    assert subaccount.url == twilio.url
    assert (await replace(twilio, user=user).request("GET", f"{path}.json")).status == status


async def test_a_service_belongs_to_one_account(twilio: Twilio, subaccount: Twilio) -> None:
    assert (await twilio.create(PERSON)).status == 201
    refused = await subaccount.request("POST", f"{SUB_MESSAGES}.json", data=_form(SERVICE))
    assert (refused.status, refused.json["code"]) == (400, 21705)


async def test_webhooks_are_signed_by_their_own_account(
    twilio: Twilio, subaccount: Twilio, webhooks: Webhooks
) -> None:
    await twilio.set(inbound_url=f"{webhooks.url}/inbound")
    await subaccount.request("POST", f"{SUB_MESSAGES}.json", data=_form(SUB_SERVICE, f"{webhooks.url}/status"))
    await webhooks.count(3)
    await twilio.say(PERSON, "Hello", messaging_service_sid=SUB_SERVICE)
    await twilio.say(PERSON, "Hello", messaging_service_sid=None, to="+12025550199", account_sid=SUB)
    await twilio.say(PERSON, "Hello")
    for call in webhooks.calls[:-1]:
        assert call.form["AccountSid"] == SUB
        assert call.headers["X-Twilio-Signature"] == sign(call.url, call.form.items(), auth_token=SUB_TOKEN)
    assert webhooks.calls[-1].form["AccountSid"] == ACCOUNT_SID


@pytest.mark.parametrize("body", [{}, {"account_sid": SUB}, {"account_sid": ACCOUNT_SID, "auth_token": "t"}])
async def test_what_is_no_subaccount(twilio: Twilio, body: dict[str, str]) -> None:
    answer = await twilio.request("POST", "/simulator/accounts", json=body)
    assert answer.status == 400
