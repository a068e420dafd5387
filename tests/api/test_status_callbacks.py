"""Status callbacks through the running API: what is answered is committed, whatever the order."""

import asyncio
import random
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.server import Api
from tests.integration.outbox import add_outbound, message, rows, sid

LIFE = ("queued", "sending", "sent", "delivered")


async def test_every_order_with_duplicates_ends_delivered(
    api: Api, database: AsyncEngine, organization_id: UUID
) -> None:
    orders = list(permutations(LIFE))
    async with database.begin() as connection:
        ids = [await add_outbound(connection, organization_id, twilio_sid=sid(n)) for n in range(len(orders))]
    for place in (0, 1, 2, 3, 0):
        answers = [api.status(order[place], sid=sid(number)) for number, order in enumerate(orders)]
        assert {answer.status_code for answer in await asyncio.gather(*answers)} == {204}
    async with database.connect() as connection:
        states = await rows(connection, "SELECT DISTINCT state::text FROM messages WHERE id = ANY(:ids)", ids=ids)
        events = await rows(connection, "SELECT count(*), count(DISTINCT status) FROM message_events")
        raw = await rows(connection, "SELECT count(*), count(processed_at) FROM webhook_events")
    assert states == [("delivered",)]
    assert events == [(len(orders) * 4, 4)]
    assert raw == [(len(orders) * 4, len(orders) * 4)]


async def test_two_hundred_at_once_for_fifty_messages(
    api: Api, database: AsyncEngine, organization_id: UUID
) -> None:
    async with database.begin() as connection:
        ids = [await add_outbound(connection, organization_id, state="claimed") for _ in range(50)]
    callbacks = [
        (status, {"sid": sid(number), "query": f"?m={message_id}&a=1"})
        for number, message_id in enumerate(ids)
        for status in LIFE
    ]
    random.Random(7).shuffle(callbacks)  # noqa: S311 (a test's order)
    answers = await asyncio.gather(*(api.status(status, **where) for status, where in callbacks))
    assert [answer.status_code for answer in answers] == [204] * 200
    async with database.connect() as connection:
        found = [tuple(await message(connection, message_id))[:4] for message_id in ids]
    assert found == [("delivered", None, None, sid(number)) for number in range(50)]


async def test_the_answer_comes_after_the_commit(api: Api, database: AsyncEngine, organization_id: UUID) -> None:
    async with database.begin() as connection:
        message_id = await add_outbound(connection, organization_id, twilio_sid=sid(1))
    for status in LIFE:
        await api.status(status, sid=sid(1))
        async with database.connect() as connection:
            assert (await message(connection, message_id)).state == status


async def test_our_id_in_the_url_completes_the_message(
    api: Api, database: AsyncEngine, organization_id: UUID
) -> None:
    async with database.begin() as connection:
        message_id = await add_outbound(connection, organization_id, state="unknown")
    await api.status("undelivered", sid=sid(1), query=f"?m={message_id}&a=1", ErrorCode="30003")
    async with database.connect() as connection:
        found = await message(connection, message_id)
    assert (found.state, found.error_code, found.failed_at, found.twilio_sid) == (
        "undelivered",
        30003,
        "delivery",
        sid(1),
    )


@pytest.mark.parametrize(
    ("status", "error", "events"),
    [
        ("delivered", None, 1),
        ("received", "not a status of an outbound message", 0),
        ("teleported", "not a status of an outbound message", 0),
    ],
    ids=["unknown SID", "inbound-only status", "unknown status"],
)
async def test_what_is_not_applied_is_stored_and_answered(
    api: Api, database: AsyncEngine, status: str, error: str | None, events: int
) -> None:
    for _ in range(2):
        assert (await api.status(status, sid=sid(404))).status_code == 204
    async with database.connect() as connection:
        raw = await rows(connection, "SELECT dedupe_key, error, processed_at IS NOT NULL FROM webhook_events")
        kept = await rows(connection, "SELECT message_id FROM message_events")
    assert raw == [(f"status:{sid(404)}:{status}", error, True)]
    assert kept == [(None,)] * events


async def test_the_form_is_kept_exactly_as_received(api: Api, database: AsyncEngine) -> None:
    await api.status("sent", sid=sid(1), query="?m=5&a=2", RawDlrDoneDate="", To="+12025550123")
    async with database.connect() as connection:
        ((query, payload, kind),) = await rows(connection, "SELECT query, payload, kind FROM webhook_events")
    assert (query, kind) == ("m=5&a=2", "status")
    assert [name for name, _ in payload] == ["AccountSid", "MessageSid", "MessageStatus", "RawDlrDoneDate", "To"]
    assert payload[3:] == [["RawDlrDoneDate", ""], ["To", "+12025550123"]]


_POISON = """
    CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN IF NEW.error_code = 66666 THEN RAISE EXCEPTION ''poison''; END IF; RETURN NEW; END';
    CREATE TRIGGER poison BEFORE INSERT ON message_events FOR EACH ROW EXECUTE FUNCTION poison();
"""


async def test_a_poison_callback_is_kept_and_harms_no_other(
    api: Api, database: AsyncEngine, organization_id: UUID
) -> None:
    """One callback makes PostgreSQL fail: it alone stays unapplied, until the cause is gone and it comes again."""
    async with database.begin() as connection:
        ids = [await add_outbound(connection, organization_id, twilio_sid=sid(number)) for number in range(20)]
        await connection.execute(text(_POISON))
    try:
        codes = {7: "66666"}
        answers = await asyncio.gather(
            *(api.status("failed", sid=sid(number), ErrorCode=codes.get(number, "30008")) for number in range(20))
        )
    finally:
        async with database.begin() as connection:
            await connection.execute(text("DROP FUNCTION poison CASCADE"))
    assert {answer.status_code for answer in answers} == {204}
    async with database.connect() as connection:
        assert await rows(connection, "SELECT id FROM messages WHERE state <> 'failed'") == [(ids[7],)]
        unhandled = await rows(
            connection, "SELECT dedupe_key, error FROM webhook_events WHERE processed_at IS NULL"
        )
    assert unhandled == [(f"status:{sid(7)}:failed", "RaiseException P0001")]
    await api.status("failed", sid=sid(7), ErrorCode="30008")
    async with database.connect() as connection:
        assert (await message(connection, ids[7])).state == "failed"
        assert await rows(connection, "SELECT id FROM webhook_events WHERE processed_at IS NULL") == []
