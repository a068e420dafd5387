"""The answer to one inbound message, however often and however many at once it is delivered."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.columns import utc_now
from models.replies.store import save_rules
from tests.api.server import Api
from tests.conftest import ACCOUNT_SID
from tests.integration.outbox import rows, sid

RULES = "rules: [{words: [hours], reply: '9 to 5'}]"
OUTBOUND = "SELECT id, state::text, body, cause, twilio_sid FROM messages WHERE direction = 'outbound' ORDER BY id"


async def _load(database: AsyncEngine, organization_id: UUID, rules: str = RULES) -> None:
    async with database.begin() as connection:
        await save_rules(connection, organization_id, rules, now=utc_now())


async def _all(database: AsyncEngine, query: str) -> list[tuple[Any, ...]]:
    async with database.connect() as connection:
        return await rows(connection, query)


async def test_deliveries_of_one_message_at_once_get_one_reply(
    api: Api, database: AsyncEngine, organization_id: UUID
) -> None:
    await _load(database, organization_id)
    answers = await asyncio.gather(*(api.inbound("hours", sid=sid(1)) for _ in range(12)))
    [(message_id, state, body, cause, twilio_sid)] = await _all(database, OUTBOUND)
    assert (state, body, cause, twilio_sid) == ("accepted", "9 to 5", "reply: hours", None)
    [answer] = {answer.text for answer in answers if answer.status_code != 503}  # Twilio comes again
    assert f"/webhooks/twilio/status?m={message_id}&amp;a=1#rc=5&amp;rp=all" in answer


async def test_messages_at_once_get_no_more_than_the_limit(
    api: Api, database: AsyncEngine, organization_id: UUID
) -> None:
    await _load(database, organization_id, "rules: [{words: [a, b, c, d, e, f, g, h], reply: 'yes'}]")
    answers = await asyncio.gather(*(api.inbound(word, sid=sid(n)) for n, word in enumerate("abcdefgh")))
    assert sum("yes" in answer.text for answer in answers) == 5
    assert len(await _all(database, OUTBOUND)) == 5


async def test_a_status_callback_brings_the_replys_sid_and_end(
    api: Api, database: AsyncEngine, organization_id: UUID
) -> None:
    await _load(database, organization_id)
    await api.inbound("hours", sid=sid(1))
    [(message_id, *_)] = await _all(database, OUTBOUND)
    answer = await api.status("delivered", sid=sid(7), query=f"?m={message_id}&a=1")
    assert answer.status_code == 204
    assert await _all(database, OUTBOUND) == [(message_id, "delivered", "9 to 5", "reply: hours", sid(7))]
    assert await _all(database, "SELECT account_sid FROM messages WHERE direction = 'outbound'") == [
        (ACCOUNT_SID,)
    ]


async def test_rules_that_cannot_be_read_any_more_lose_no_message(
    api: Api, database: AsyncEngine, organization_id: UUID
) -> None:
    async with database.begin() as connection:
        await connection.execute(
            text("INSERT INTO reply_rules VALUES (:id, 'rules: [{wordz: 1}]', now())"), {"id": organization_id}
        )
    assert (await api.inbound("hours", sid=sid(1))).status_code == 200
    assert await _all(database, "SELECT body FROM messages") == [("hours",)]
