"""Raw deliveries: kept once, as received, and open until they are handled."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.webhook_events import Delivery, keep, keep_handled, keep_unhandled, mark_failed, mark_handled
from tests.conftest import ACCOUNT_SID
from tests.integration.outbox import NOW, rows

ONE = Delivery("status", "status:SM1:sent", ACCOUNT_SID, "m=1&a=1", [("MessageSid", "SM1"), ("Body", "é\n'\"")])
STATE = "SELECT dedupe_key, error, processed_at IS NOT NULL FROM webhook_events ORDER BY dedupe_key"


async def test_a_batch_is_kept_as_received_with_its_organization(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    foreign = replace(ONE, dedupe_key="status:SM2:sent", account_sid="AC" + "9" * 32, error="why")
    await keep_handled(connection, [ONE, foreign, ONE], now=NOW)
    kept = "SELECT organization_id, account_sid, query, payload, error FROM webhook_events ORDER BY dedupe_key"
    payload = [["MessageSid", "SM1"], ["Body", "é\n'\""]]
    assert await rows(connection, kept) == [
        (organization_id, ACCOUNT_SID, "m=1&a=1", payload, None),
        (None, foreign.account_sid, "m=1&a=1", payload, "why"),
    ]


async def test_one_that_failed_is_open_until_it_is_handled(connection: AsyncConnection) -> None:
    await keep_unhandled(connection, ONE, error="first", now=NOW)
    await keep_unhandled(connection, ONE, error="second", now=NOW)
    assert await rows(connection, STATE) == [(ONE.dedupe_key, "second", False)]
    await keep_handled(connection, [ONE], now=NOW)
    assert await rows(connection, STATE) == [(ONE.dedupe_key, None, True)]
    await keep_unhandled(connection, ONE, error="third", now=NOW)
    assert await rows(connection, STATE) == [(ONE.dedupe_key, None, True)]


async def test_an_answer_is_there_once_it_was_handled(connection: AsyncConnection, organization_id: UUID) -> None:
    first = await keep(connection, ONE, now=NOW)
    assert first.answer is None
    await mark_failed(connection, first, error="why", now=NOW)
    again = await keep(connection, ONE, now=NOW)
    assert (again.id, again.answer) == (first.id, None)
    await mark_handled(connection, again, answer="<Response/>", organization_id=organization_id, now=NOW)
    assert (await keep(connection, ONE, now=NOW)).answer == "<Response/>"
    assert await rows(connection, STATE) == [(ONE.dedupe_key, None, True)]
