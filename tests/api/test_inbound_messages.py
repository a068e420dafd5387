"""Inbound messages through the running API: threaded, obeyed, answered once and the same again."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.inbound.handling import NO_REPLY
from tests.api.server import PERSON, Api
from tests.conftest import MARKETING_SERVICE
from tests.integration.outbox import rows, sid
from tests.integration.population import set_consent

FOREIGN_SERVICE = "MG" + "9" * 32


async def _all(database: AsyncEngine, query: str) -> list[tuple[Any, ...]]:
    async with database.connect() as connection:
        return await rows(connection, query)


async def test_a_first_message_makes_contact_and_conversation(api: Api, database: AsyncEngine) -> None:
    answer = await api.inbound("Hello there", sid=sid(1), FromCountry="US")
    assert (answer.status_code, answer.text) == (200, NO_REPLY)
    assert answer.headers["content-type"].startswith("application/xml")
    assert await _all(database, "SELECT phone, first_name, country FROM contacts") == [(PERSON, None, "US")]
    thread = "SELECT our_address, channel, preview, unread, last_inbound_at IS NOT NULL FROM conversations"
    assert await _all(database, thread) == [(MARKETING_SERVICE, "sms", "Hello there", 1, True)]
    stored = await _all(
        database,
        "SELECT m.direction, m.state::text, m.phone, m.body, m.twilio_sid, c.our_address FROM messages m"
        " JOIN conversations c ON c.id = m.conversation_id AND c.contact_id = m.contact_id",
    )
    assert stored == [("inbound", "received", PERSON, "Hello there", sid(1), MARKETING_SERVICE)]


async def test_the_next_message_is_in_the_same_thread(api: Api, database: AsyncEngine) -> None:
    await api.inbound("One", sid=sid(1))
    await api.inbound("Two", sid=sid(2))
    assert await _all(database, "SELECT preview, unread FROM conversations") == [("Two", 2)]
    assert await _all(database, "SELECT count(*) FROM contacts") == [(1,)]


async def test_many_first_messages_at_once_are_one_thread(api: Api, database: AsyncEngine) -> None:
    answers = await asyncio.gather(*(api.inbound(f"No. {number}", sid=sid(number)) for number in range(30)))
    assert {answer.status_code for answer in answers} == {200}
    assert await _all(database, "SELECT unread FROM conversations") == [(30,)]
    assert await _all(database, "SELECT count(*) FROM messages WHERE conversation_id IS NOT NULL") == [(30,)]


async def test_a_duplicate_gets_the_stored_answer_and_changes_nothing(api: Api, database: AsyncEngine) -> None:
    answers = await asyncio.gather(*(api.inbound("STOP", sid=sid(1)) for _ in range(12)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, NO_REPLY)}
    async with database.begin() as connection:
        await connection.execute(text("UPDATE webhook_events SET answer = '<Response>kept</Response>'"))
    assert (await api.inbound("STOP", sid=sid(1))).text == "<Response>kept</Response>"
    assert await _all(database, "SELECT unread FROM conversations") == [(1,)]
    assert await _all(database, "SELECT count(*) FROM consent_events") == [(2,)]


PREVIEWS = {
    "media only": (
        {"NumMedia": "1", "MediaUrl0": "https://m.test/1", "MediaContentType0": "image/png"},
        "",
        "[Media]",
    ),
    "media and text": ({"NumMedia": "1", "MediaUrl0": "https://m.test/1"}, "Look", "Look"),
    "a long one": ({}, "é" * 250, "é" * 100),
}


@pytest.mark.parametrize("case", PREVIEWS)
async def test_preview(api: Api, database: AsyncEngine, case: str) -> None:
    fields, body, preview = PREVIEWS[case]
    await api.inbound(body, sid=sid(1), **fields)
    assert await _all(database, "SELECT preview FROM conversations") == [(preview,)]


async def test_media_are_kept_with_their_types(api: Api, database: AsyncEngine) -> None:
    media = {f"MediaUrl{n}": f"https://m.test/{n}" for n in range(2)} | {"MediaContentType0": "image/png"}
    await api.inbound("", sid=sid(1), NumMedia="2", **media)
    assert await _all(database, "SELECT media FROM messages") == [
        (
            [
                {"url": "https://m.test/0", "content_type": "image/png"},
                {"url": "https://m.test/1", "content_type": ""},
            ],
        )
    ]


KEYWORDS = [
    ("STOP", {}, "opted_out"),
    (" stop. ", {}, "opted_out"),
    ("OptOut", {}, "opted_out"),
    ("REVOKE", {}, "opted_out"),
    ("Stop please", {}, "opted_out"),
    ("See you at the stop", {}, "opted_in"),
    ("HELP", {}, "opted_in"),
    ("ARRET", {"OptOutType": "STOP"}, "opted_out"),
    ("STOP", {"From": f"whatsapp:{PERSON}", "To": "whatsapp:+12025550100"}, "opted_out"),
]


@pytest.mark.parametrize(("body", "fields", "state"), KEYWORDS)
async def test_keywords_reach_consent_before_the_answer(
    api: Api, database: AsyncEngine, organization_id: UUID, body: str, fields: dict[str, str], state: str
) -> None:
    async with database.begin() as connection:
        for message_type in ("marketing", "transactional"):
            await set_consent(connection, organization_id, PERSON, message_type=message_type, state="opted_in")
    await api.inbound(body, sid=sid(1), **fields)
    states = "SELECT DISTINCT state FROM consents"
    assert await _all(database, states) == [(state,)]
    evidence = "SELECT DISTINCT message_sid FROM consent_events WHERE method IN ('keyword', 'plain_language')"
    assert await _all(database, evidence) == ([(sid(1),)] if state == "opted_out" else [])
    await api.inbound("START", sid=sid(2))
    assert await _all(database, states) == [("opted_in",)]


async def test_whatsapp_is_a_channel_of_the_same_person(api: Api, database: AsyncEngine) -> None:
    await api.inbound("Hi", sid=sid(1), From=f"whatsapp:{PERSON}", To="whatsapp:+12025550100")
    assert await _all(database, "SELECT phone, channel FROM messages") == [(PERSON, "whatsapp")]
    assert await _all(database, "SELECT phone FROM contacts") == [(PERSON,)]


@pytest.mark.parametrize("service", [FOREIGN_SERVICE, "-"], ids=["another's service", "no service"])
async def test_a_number_of_no_tenant_is_stored_and_answered(api: Api, database: AsyncEngine, service: str) -> None:
    answer = await api.inbound("Hello", sid=sid(1), MessagingServiceSid=service)
    assert (answer.status_code, answer.text) == (200, NO_REPLY)
    raw = "SELECT organization_id, processed_at IS NOT NULL, answer FROM webhook_events"
    assert await _all(database, raw) == [(None, True, NO_REPLY)]
    assert await _all(database, "SELECT id FROM messages UNION ALL SELECT id FROM contacts") == []


async def test_a_stop_to_any_number_of_the_account_counts(api: Api, database: AsyncEngine) -> None:
    await api.inbound("STOP", sid=sid(1), MessagingServiceSid=FOREIGN_SERVICE)
    assert await _all(database, "SELECT DISTINCT phone, state FROM consents") == [(PERSON, "opted_out")]
    await api.inbound("START", sid=sid(2), MessagingServiceSid=FOREIGN_SERVICE)
    assert await _all(database, "SELECT DISTINCT state FROM consents") == [("opted_out",)]


@pytest.mark.parametrize("sender", ["TWILIO", "262966", "whatsapp:Business"])
async def test_a_sender_without_a_number_is_kept_without_contact(
    api: Api, database: AsyncEngine, sender: str
) -> None:
    assert (await api.inbound("STOP", sid=sid(1), From=sender)).status_code == 200
    phone = sender.removeprefix("whatsapp:")
    assert await _all(database, "SELECT phone, contact_id, conversation_id FROM messages") == [(phone, None, None)]
    assert await _all(database, "SELECT id FROM contacts") == []
    assert await _all(database, "SELECT phone FROM consents") == []


_POISON = """
    CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''poison''; END';
    CREATE TRIGGER poison BEFORE INSERT ON conversations FOR EACH ROW EXECUTE FUNCTION poison();
"""


async def test_a_message_that_cannot_be_handled_is_kept_and_its_stop_obeyed(
    api: Api, database: AsyncEngine
) -> None:
    async with database.begin() as connection:
        await connection.execute(text(_POISON))
    try:
        answers = [
            await api.inbound(body, sid=sid(number)) for number, body in enumerate(("Hello", "STOP", "STOP"))
        ]
    finally:
        async with database.begin() as connection:
            await connection.execute(text("DROP FUNCTION poison CASCADE"))
    assert [(answer.status_code, answer.text) for answer in answers] == [(200, NO_REPLY)] * 3
    unhandled = "SELECT dedupe_key, error FROM webhook_events WHERE processed_at IS NULL ORDER BY id"
    reason = "RaiseException P0001"
    assert await _all(database, unhandled) == [(f"inbound:{sid(number)}", reason) for number in range(3)]
    assert await _all(database, "SELECT DISTINCT state FROM consents") == [("opted_out",)]
    # Handled again later, after a START: the same STOP does not count twice.
    await api.inbound("START", sid=sid(9))
    await api.inbound("STOP", sid=sid(1))
    assert await _all(database, "SELECT DISTINCT state FROM consents") == [("unknown",)]
    assert (await _all(database, "SELECT unread FROM conversations")) == [(2,)]
