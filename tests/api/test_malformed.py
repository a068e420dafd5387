"""What cannot be read gets 400 and a sentence; nothing gets a 500."""

from urllib.parse import urlencode

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.server import INBOUND, PERSON, STATUS, Api, sign
from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE
from tests.integration.outbox import rows, sid

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
UNREADABLE: dict[str, tuple[bytes, str, str]] = {
    # name: (body, content type, words of the sentence)
    "plain text": (b"MessageSid=x", "text/plain", "must be application/x-www-form-urlencoded or application/json"),
    "multipart": (b"--x--", "multipart/form-data; boundary=x", "must be"),
    "no pairs": (b"hello", FORM, "name=value"),
    "bare ampersand": (b"&", FORM, "name=value"),
    "broken percent": (b"MessageSid=%zz", FORM, "two hexadecimal digits"),
    "percent at the end": (b"MessageSid=100%", FORM, "two hexadecimal digits"),
    "not UTF-8, escaped": (b"Body=%ff", FORM, "not UTF-8"),
    "not UTF-8, raw": (b"Body=\xff", FORM, "not UTF-8"),
    "half a surrogate pair": (b"Body=%ED%A0%80", FORM, "not UTF-8"),
    "too large": (b"Body=" + b"x" * 70_000, FORM, "64 KiB"),
    "too many fields": (b"&".join(b"a=1" for _ in range(400)), FORM, "at most 300"),
    "a long name": (b"a" * 300 + b"=1", FORM, "longer than 256"),
    "a long value": (b"Body=" + b"a" * 33_000, FORM, "longer than"),
    "JSON, cut off": (b'{"MessageSid": "x"', JSON, "cannot be read"),
    "JSON, empty": (b"", JSON, "cannot be read"),
    "JSON, no object": (b'["MessageSid"]', JSON, "one object"),
    "JSON, not a number": (b'{"Price": NaN}', JSON, "cannot be read"),
    "JSON, nested without end": (b'{"a":' + b"[" * 60_000, JSON, "cannot be read"),
    "JSON, nested deep": (b'{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}", JSON, "cannot be read"),
    "JSON, not UTF-8": (b'{"Body": "\xff"}', JSON, "UTF-8"),
    "JSON, half a surrogate pair": (b'{"Body": "\\ud800"}', JSON, "surrogate"),
    "JSON, too many fields": (b'{"a": [' + b",".join(b"1" for _ in range(400)) + b"]}", JSON, "more than 300"),
    "JSON, a long value": (b'{"Body": "' + b"a" * 33_000 + b'"}', JSON, "longer than"),
    "JSON, too large": (b'{"Body": "' + b"a" * 70_000 + b'"}', JSON, "64 KiB"),
}


@pytest.mark.parametrize("path", [STATUS, INBOUND])
@pytest.mark.parametrize("case", UNREADABLE)
async def test_unreadable(api: Api, path: str, case: str) -> None:
    body, content_type, words = UNREADABLE[case]
    answer = await api.post_raw(path, body, signature="c2lnbmF0dXJl", content_type=content_type)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


LACKING: dict[str, tuple[str, dict[str, str], str]] = {
    "status without SID": (STATUS, {"MessageStatus": "sent"}, "MessageSid"),
    "status with a blank SID": (STATUS, {"MessageSid": " ", "MessageStatus": "sent"}, "MessageSid"),
    "status without status": (STATUS, {"MessageSid": sid(1)}, "MessageStatus"),
    "status with a long SID": (STATUS, {"MessageSid": "S" * 3_000, "MessageStatus": "sent"}, "longer"),
    "status with a long status": (STATUS, {"MessageSid": sid(1), "MessageStatus": "s" * 3_000}, "longer"),
    "inbound without SID": (INBOUND, {"From": PERSON, "To": "+12025550100"}, "MessageSid"),
    "inbound without sender": (INBOUND, {"MessageSid": sid(1), "Body": "Hi"}, "From"),
    "nothing but the account": (STATUS, {}, "MessageSid"),
}


@pytest.mark.parametrize("case", LACKING)
async def test_signed_but_lacking(api: Api, database: AsyncEngine, case: str) -> None:
    path, form, words = LACKING[case]
    answer = await api.post(path, {"AccountSid": ACCOUNT_SID, **form})
    assert answer.status_code == 400
    assert words in answer.json()["detail"]
    async with database.connect() as connection:
        assert await rows(connection, "SELECT id FROM webhook_events") == []


ODD: dict[str, tuple[str, dict[str, str]]] = {
    "an error code that is no number": (STATUS, {"MessageStatus": "failed", "ErrorCode": "many"}),
    "an error code without end": (STATUS, {"MessageStatus": "failed", "ErrorCode": "9" * 40}),
    "an error code in other digits": (STATUS, {"MessageStatus": "failed", "ErrorCode": "٣"}),
    "the character NUL in a status": (STATUS, {"MessageStatus": "sent\x00"}),
    "the character NUL in a body": (INBOUND, {"From": PERSON, "Body": "a\x00b"}),
    "a number that is none": (INBOUND, {"From": "+", "To": "+", "Body": "Hi"}),
    "no recipient": (INBOUND, {"From": PERSON, "Body": "Hi"}),
    "more media than there are": (INBOUND, {"From": PERSON, "NumMedia": "many", "MediaUrl0": "https://m.test/1"}),
    "emoji and right-to-left": (INBOUND, {"From": PERSON, "Body": "👩‍👩‍👧 שלום"}),
    "SQL and markup": (INBOUND, {"From": PERSON, "Body": "'); DROP TABLE messages; -- <b>:now %s"}),
}


@pytest.mark.parametrize("service", ["", "of ours"])
@pytest.mark.parametrize("case", ODD)
async def test_odd_but_signed_is_stored(api: Api, database: AsyncEngine, case: str, service: str) -> None:
    path, form = ODD[case]
    more = {"MessagingServiceSid": MARKETING_SERVICE} if service else {}
    answer = await api.post(path, {"AccountSid": ACCOUNT_SID, "MessageSid": sid(1), **form, **more})
    assert answer.status_code in (200, 204)
    async with database.connect() as connection:
        stored = await rows(connection, "SELECT processed_at IS NOT NULL FROM webhook_events")
    assert stored == [(True,)]


QUERIES = [
    "?m=&a=",
    "?m=x&a=1",
    "?m=1",
    "?m=99999999999999999999&a=1",
    "?m=999999999999999999&a=1",
    "?%ff=%00",
    "?m=1&m=2&a=1",
]


@pytest.mark.parametrize("query", QUERIES)
async def test_a_query_that_names_no_message_of_ours(api: Api, query: str) -> None:
    assert (await api.status("sent", sid=sid(1), query=query)).status_code == 204


async def test_a_body_without_content_type_is_read_as_a_form(api: Api) -> None:
    form = [("AccountSid", ACCOUNT_SID), ("MessageSid", sid(1)), ("MessageStatus", "sent")]
    headers = {"X-Twilio-Signature": sign(STATUS, form)}
    assert (await api.client.post(STATUS, content=urlencode(form).encode(), headers=headers)).status_code == 204
