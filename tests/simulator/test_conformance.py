"""Real responses against the schemas of Twilio's own OpenAPI description (openapi/messages.schema.json)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from tests.simulator.running import MESSAGES, SERVICE, Twilio, Webhooks

TO = "+12125550101"
SCHEMAS = json.loads((Path(__file__).parent / "openapi" / "messages.schema.json").read_text())
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time-rfc-2822")  # type: ignore[untyped-decorator]  # jsonschema has no types
def is_rfc2822(value: object) -> bool:
    """`Fri, 24 May 2019 17:44:46 +0000`, exactly as written by Twilio."""
    if value is None:
        return True
    try:
        return format_datetime(parsedate_to_datetime(str(value))) == value
    except ValueError:
        return False


def conform(name: str, document: Any) -> None:
    """Raises `jsonschema.ValidationError` for a document that breaks the schema."""
    schema = {**SCHEMAS, "$ref": f"#/$defs/{name}"}
    Draft202012Validator(schema, format_checker=FORMATS).validate(document)


BREAKS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a field missing": lambda message: message.pop("uri"),
    "a field too many": lambda message: message.update(extra=1),
    "an unknown status": lambda message: message.update(status="done"),
    "a number for text": lambda message: message.update(num_segments=1),
    "an ISO date": lambda message: message.update(date_created="2026-11-21T10:00:00Z"),
}


@pytest.mark.parametrize("breaks", BREAKS.values(), ids=BREAKS.keys())
async def test_the_schemas_notice(twilio: Twilio, breaks: Callable[[dict[str, Any]], object]) -> None:
    message = (await twilio.create(TO)).json
    breaks(message)
    with pytest.raises(ValidationError):
        conform("message", message)


CREATED: dict[str, dict[str, Any]] = {
    "with a service": {},
    "from a number": {"MessagingServiceSid": None, "From": "+15005550006"},
    "with media": {"MediaUrl": ["https://example.org/a.png"]},
    "scheduled": {
        "ScheduleType": "fixed",
        "SendAt": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
    },
}


@pytest.mark.parametrize("fields", CREATED.values(), ids=CREATED.keys())
async def test_created_fetched_and_listed(twilio: Twilio, fields: dict[str, Any]) -> None:
    created = await twilio.create(TO, **fields)
    assert created.headers["Content-Type"].startswith("application/json")
    conform("message", created.json)
    conform("message", await twilio.fetch(created.json["sid"]))
    conform("list", (await twilio.request("GET", f"{MESSAGES}.json")).json)


@pytest.mark.parametrize("status", ["sent", "delivered", "undelivered", "failed", "read"])
async def test_every_end(twilio: Twilio, status: str) -> None:
    await twilio.set(scripts={TO: {"status": status}})
    sid = (await twilio.create(TO)).json["sid"]
    conform("message", await twilio.until_status(sid, status))


async def test_canceled_and_redacted(twilio: Twilio) -> None:
    sid = (await twilio.create(TO, **CREATED["scheduled"])).json["sid"]
    for form in ({"Status": "canceled"}, {"Body": ""}):
        answer = await twilio.request("POST", f"{MESSAGES}/{sid}.json", data=form)
        assert answer.status == 200
        conform("message", answer.json)


async def test_lists_full_filtered_and_empty(twilio: Twilio, webhooks: Webhooks) -> None:
    await twilio.set(inbound_url=webhooks.url)
    conform("list", (await twilio.request("GET", f"{MESSAGES}.json")).json)
    for number in range(3):
        await twilio.create(TO, f"text {number}")
    await twilio.say(TO, "An answer")
    query = {"To": TO, "PageSize": "2", "DateSent>": "2020-01-01"}
    for params in ({"PageSize": "2"}, {"PageSize": "2", "Page": "1"}, query):
        page = (await twilio.request("GET", f"{MESSAGES}.json", params=params)).json
        assert page["messages"] or "DateSent>" in params
        conform("list", page)


async def test_errors(twilio: Twilio) -> None:
    stranger = Twilio(twilio.url, twilio.session, ("nobody", "nothing"))
    answers = [
        await twilio.create("nonsense"),
        await twilio.create("+15005550004"),
        await twilio.request("GET", f"{MESSAGES}/SM{'0' * 32}.json"),
        await stranger.request("GET", f"{MESSAGES}.json"),
        await twilio.request("PUT", f"{MESSAGES}.json"),
    ]
    await twilio.set(faults={"too_many_requests": 1})
    answers.append(await twilio.create(TO, MessagingServiceSid=SERVICE))
    await twilio.set(faults={"too_many_requests": 0, "error_after": 1})
    answers.append(await twilio.create(TO))
    assert [answer.status for answer in answers] == [400, 400, 404, 401, 405, 429, 500]
    for answer in answers:
        conform("error", answer.json)
        assert answer.json["status"] == answer.status
