"""Webhooks that carry JSON: the query names the body by its SHA-256, the signature is over the address alone."""

import hashlib
import json
from collections.abc import Mapping

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.json_bodies import parse_json
from tests.api.server import INBOUND, PERSON, STATUS, Api, sign
from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE
from tests.integration.outbox import add_outbound, message, rows, sid

JSON = "application/json; charset=utf-8"


def named(path: str, body: bytes) -> str:
    """The address with the hash of the body, as Twilio appends it."""
    return f"{path}{'&' if '?' in path else '?'}bodySHA256={hashlib.sha256(body).hexdigest()}"


async def _post(api: Api, path: str, fields: Mapping[str, object]) -> int:
    body = json.dumps({"AccountSid": ACCOUNT_SID, "MessageSid": sid(1), **fields}).encode()
    address = named(path, body)
    answer = await api.post_raw(address, body, signature=sign(address, []), content_type=JSON)
    return answer.status_code


async def test_a_status_in_json_moves_its_message(api: Api, database: AsyncEngine) -> None:
    async with database.begin() as connection:
        organization_id = (await rows(connection, "SELECT id FROM organizations"))[0][0]
        message_id = await add_outbound(connection, organization_id)
    fields = {"MessageStatus": "failed", "ErrorCode": 30003, "RawDlrDoneDate": None}
    assert await _post(api, f"{STATUS}?m={message_id}&a=1", fields) == 204
    async with database.connect() as connection:
        row = await message(connection, message_id)
        stored = await rows(connection, "SELECT payload FROM webhook_events")
    assert (row.state, row.error_code, row.twilio_sid) == ("failed", 30003, sid(1))
    assert stored[0][0][2:] == [["MessageStatus", "failed"], ["ErrorCode", "30003"], ["RawDlrDoneDate", ""]]


async def test_a_stop_in_json_counts(api: Api, database: AsyncEngine) -> None:
    fields = {"From": PERSON, "To": "+12025550100", "MessagingServiceSid": MARKETING_SERVICE, "Body": "STOP"}
    assert await _post(api, INBOUND, fields) == 200
    async with database.connect() as connection:
        assert await rows(connection, "SELECT DISTINCT state FROM consents") == [("opted_out",)]


@pytest.mark.parametrize("fault", ["another body", "no hash", "a form's signature", "declared as a form"])
async def test_json_that_twilio_did_not_sign_is_refused(api: Api, database: AsyncEngine, fault: str) -> None:
    fields = {"AccountSid": ACCOUNT_SID, "MessageSid": sid(1), "MessageStatus": "sent"}
    body = json.dumps(fields).encode()
    address = STATUS if fault in ("no hash", "a form's signature") else named(STATUS, body)
    signature = sign(address, list(fields.items()) if fault == "a form's signature" else [])
    if fault == "another body":
        body += b" "
    if fault == "declared as a form":
        body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
    content_type = "application/x-www-form-urlencoded" if fault == "declared as a form" else JSON
    answer = await api.post_raw(address, body, signature=signature, content_type=content_type)
    assert answer.status_code == 403
    async with database.connect() as connection:
        assert await rows(connection, "SELECT id FROM webhook_events") == []


PAIRS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "text": ('{"Body": "é\\u00e9"}', [("Body", "éé")]),
    "blank and null": ('{"a": "", "b": null}', [("a", ""), ("b", "")]),
    "numbers as written": (
        '{"a": 30003, "b": -0.750, "c": 1e400}',
        [("a", "30003"), ("b", "-0.750"), ("c", "1e400")],
    ),
    "a number beyond all types": ('{"a": ' + "9" * 5_000 + "}", [("a", "9" * 5_000)]),
    "true and false": ('{"a": true, "b": false}', [("a", "true"), ("b", "false")]),
    "a repeated name": ('{"a": "1", "a": "2"}', [("a", "1"), ("a", "2")]),
    "a list": ('{"a": ["1", null, 2]}', [("a", "1"), ("a", ""), ("a", "2")]),
    "an empty list": ('{"a": [], "b": "x"}', [("b", "x")]),
    "an object within": ('{"a": {"b": ["c", {}]}}', [("a", '{"b": ["c", {}]}')]),
    "nothing": ("{}", []),
}


@pytest.mark.parametrize("case", PAIRS)
def test_the_pairs_of_an_object(case: str) -> None:
    text, pairs = PAIRS[case]
    assert parse_json(text.encode(), most_fields=10) == pairs
