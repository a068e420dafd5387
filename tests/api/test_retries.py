"""Twilio's retries: the same token is the same call, and another token doubles nothing either."""

from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.server import INBOUND, PERSON, STATUS, Api, sign
from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE
from tests.integration.outbox import rows, sid

FORMS = {
    STATUS: [("AccountSid", ACCOUNT_SID), ("MessageSid", sid(1)), ("MessageStatus", "sent")],
    INBOUND: [
        ("AccountSid", ACCOUNT_SID),
        ("MessageSid", sid(1)),
        ("From", PERSON),
        ("To", "+12025550100"),
        ("MessagingServiceSid", MARKETING_SERVICE),
        ("Body", "HELP"),
    ],
}
STORED = (
    "SELECT (SELECT count(*) FROM webhook_events), (SELECT count(*) FROM messages WHERE direction = 'inbound')"
)


async def _post(
    api: Api, path: str, *, token: str, body: str | None = None, signature: str | None = None
) -> tuple[int, str]:
    form = FORMS[path]
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature or sign(path, form),
        "I-Twilio-Idempotency-Token": token,
    }
    answer = await api.client.post(path, content=body or urlencode(form), headers=headers)
    return answer.status_code, answer.text


@pytest.mark.parametrize("path", FORMS)
async def test_the_same_token_is_answered_from_memory(api: Api, database: AsyncEngine, path: str) -> None:
    first = await _post(api, path, token=f"one {path}")
    async with database.begin() as connection:  # whatever is stored now, was stored by the retry
        await connection.execute(text("DELETE FROM webhook_events"))
    assert await _post(api, path, token=f"one {path}") == first
    async with database.connect() as connection:
        assert await rows(connection, "SELECT id FROM webhook_events") == []


@pytest.mark.parametrize("path", FORMS)
async def test_another_token_doubles_nothing(api: Api, database: AsyncEngine, path: str) -> None:
    answers = [await _post(api, path, token=f"{number} of {path}") for number in range(3)]
    answers.append(await _post(api, path, token=""))
    assert len(set(answers)) == 1
    async with database.connect() as connection:
        assert await rows(connection, STORED) == [(1, 1 if path == INBOUND else 0)]


@pytest.mark.parametrize("path", FORMS)
async def test_a_known_token_opens_no_door(api: Api, path: str) -> None:
    await _post(api, path, token=f"door {path}")
    changed = urlencode([*FORMS[path], ("Extra", "x")])
    assert (await _post(api, path, token=f"door {path}", body=changed))[0] == 403
    assert (await _post(api, path, token=f"door {path}", signature="c2lnbmF0dXJl"))[0] == 403
