"""Creating messages: what is accepted, and what is refused with which of Twilio's codes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulator.running import (
    ACCOUNT_SID,
    API_KEY_SECRET,
    API_KEY_SID,
    AUTH_TOKEN,
    MESSAGES,
    SERVICE,
    Twilio,
)

TO = "+12125550101"
NO_SERVICE: dict[str, Any] = {"MessagingServiceSid": None}


def now_plus(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, a time from now turned into that moment: a test may run long after it was collected."""
    now = datetime.now(UTC)
    return {
        name: (now + value).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, timedelta) else value
        for name, value in fields.items()
    }


ACCEPTED: dict[str, tuple[dict[str, Any], str]] = {
    "service": ({}, "accepted"),
    "from a number": ({**NO_SERVICE, "From": "+15005550006"}, "queued"),
    "from a name": ({**NO_SERVICE, "From": "Tidings"}, "queued"),
    "1,600 characters": ({"Body": "é" * 1600}, "accepted"),
    "ten pictures, no text": ({"Body": None, "MediaUrl": ["https://example.org/a.png"] * 10}, "accepted"),
    "content": ({"Body": None, "ContentSid": "HX" + "4b" * 16, "ContentVariables": '{"1": "a"}'}, "accepted"),
    "scheduled": ({"ScheduleType": "fixed", "SendAt": timedelta(minutes=6)}, "scheduled"),
    "validity": ({"ValidityPeriod": "36000"}, "accepted"),
}
REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "no recipient": ({"To": None}, 21604),
    "no sender": (NO_SERVICE, 21603),
    "no text": ({"Body": ""}, 21602),
    "1,601 characters": ({"Body": "x" * 1601}, 21617),
    "eleven pictures": ({"MediaUrl": ["https://example.org/a.png"] * 11}, 21623),
    "media is no address": ({"MediaUrl": "picture.png"}, 21620),
    "no number": ({"To": "+1212555"}, 21211),
    "word": ({"To": "someone"}, 21211),
    "short code": ({"To": "12345"}, 21265),
    "to itself": ({**NO_SERVICE, "From": TO}, 21266),
    "bad sender": ({**NO_SERVICE, "From": "+1"}, 21212),
    "bad service": ({"MessagingServiceSid": "MG1"}, 21705),
    "bad callback": ({"StatusCallback": "localhost/x"}, 21609),
    "bad content": ({"ContentSid": "HX1"}, 21655),
    "bad variables": ({"ContentSid": "HX" + "4b" * 16, "ContentVariables": "[1]"}, 21656),
    "validity too long": ({"ValidityPeriod": "36001"}, 21624),
    "schedule without time": ({"ScheduleType": "fixed"}, 35111),
    "schedule too soon": ({"ScheduleType": "fixed", "SendAt": timedelta(minutes=4)}, 35115),
    "schedule too late": ({"ScheduleType": "fixed", "SendAt": timedelta(days=36)}, 35115),
    "schedule not a time": ({"ScheduleType": "fixed", "SendAt": "tomorrow"}, 35115),
    "schedule without service": (
        {**NO_SERVICE, "From": "+15005550006", "ScheduleType": "fixed", "SendAt": timedelta(hours=1)},
        35118,
    ),
    "time without schedule": ({"SendAt": timedelta(hours=1)}, 35119),
    "unknown schedule": ({"ScheduleType": "soon", "SendAt": timedelta(hours=1)}, 35126),
    "magic to invalid": ({"To": "+15005550001"}, 21211),
    "magic to unroutable": ({"To": "+15005550002"}, 21612),
    "magic to abroad": ({"To": "+15005550003"}, 21408),
    "magic to blocked": ({"To": "+15005550004"}, 21610),
    "magic to landline": ({"To": "+15005550009"}, 21614),
    "magic from invalid": ({**NO_SERVICE, "From": "+15005550001"}, 21212),
    "magic from not owned": ({**NO_SERVICE, "From": "+15005550007"}, 21606),
    "magic from full": ({**NO_SERVICE, "From": "+15005550008"}, 21611),
}


@pytest.mark.parametrize(("fields", "status"), ACCEPTED.values(), ids=ACCEPTED.keys())
async def test_accepted(twilio: Twilio, fields: dict[str, Any], status: str) -> None:
    answer = await twilio.create(TO, **now_plus(fields))
    assert (answer.status, answer.json["status"]) == (201, status)
    assert answer.json["date_sent"] is None
    assert answer.json["num_segments"] == ("0" if "From" not in fields else "1")
    assert (await twilio.fetch(answer.json["sid"]))["to"] == TO


@pytest.mark.parametrize(("fields", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_refused(twilio: Twilio, fields: dict[str, Any], code: int) -> None:
    answer = await twilio.create(TO, **{"Body": "Hello", **now_plus(fields)})
    assert (answer.status, answer.json["code"]) == (400, code)
    assert answer.json["more_info"].endswith(f"/{code}")
    log = (await twilio.get("messages"))["messages"]
    assert [(entry["error_code"], entry["accepted"], entry["sid"]) for entry in log] == [(code, False, None)]
    assert (await twilio.request("GET", f"{MESSAGES}.json")).json["messages"] == []


@pytest.mark.parametrize(
    "written", ["+1 (212) 555-0101", "2125550101", "1-212-555-0101"], ids=["spaced", "national", "without plus"]
)
async def test_a_number_is_kept_as_e164(twilio: Twilio, written: str) -> None:
    assert (await twilio.create(written)).json["to"] == TO


@pytest.mark.parametrize(
    ("user", "password", "status"),
    [
        (ACCOUNT_SID, AUTH_TOKEN, 201),
        (API_KEY_SID, API_KEY_SECRET, 201),
        (ACCOUNT_SID, "wrong", 401),
        (API_KEY_SID, AUTH_TOKEN, 401),
        ("", "", 401),
    ],
    ids=["token", "key", "wrong token", "token with key", "empty"],
)
async def test_credentials(twilio: Twilio, user: str, password: str, status: int) -> None:
    twilio.user = (user, password)
    answer = await twilio.create(TO)
    assert answer.status == status
    entry = (await twilio.get("messages"))["messages"][0]
    if status == 401:
        assert answer.json["code"] == 20003
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        assert entry["credential"] is None
    else:
        assert entry["credential"] == ("api_key" if user == API_KEY_SID else "auth_token")


async def test_another_account_is_not_ours(twilio: Twilio) -> None:
    path = MESSAGES.replace(ACCOUNT_SID, "AC" + "9" * 32)
    assert (await twilio.request("GET", f"{path}.json")).status == 401


async def test_services_and_numbers_of_the_account_can_be_named(twilio: Twilio) -> None:
    await twilio.set(messaging_services=[SERVICE], owned_numbers=["+12025550150"])
    other = {"MessagingServiceSid": "MG" + "9" * 32}
    assert (await twilio.create(TO)).status == 201
    assert (await twilio.create(TO, **other)).json["code"] == 21705
    assert (await twilio.create(TO, **NO_SERVICE, From="+12025550150")).status == 201
    assert (await twilio.create(TO, **NO_SERVICE, From="+12025550151")).json["code"] == 21606


async def test_unknown_paths_and_methods(twilio: Twilio) -> None:
    missing = await twilio.request("GET", f"{MESSAGES}/SM{'0' * 32}.json")
    assert (missing.status, missing.json["code"]) == (404, 20404)
    assert (await twilio.request("GET", "/2010-04-01/Nothing.json")).json["code"] == 20404
    assert (await twilio.request("PUT", f"{MESSAGES}.json")).status == 405
