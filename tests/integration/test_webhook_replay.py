"""Deliveries that could not be handled when they came are handled later, and one at fault stops no other."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.webhook_events import Delivery, keep_unhandled
from models.webhook_replay import Fate, replay, unprocessed
from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE
from tests.integration.outbox import NOW, add_outbound, rows

SID = "SM" + "a" * 32
PERSON = "+12025550142"


def status(message_id: int) -> Delivery:
    payload = [("MessageSid", SID), ("MessageStatus", "undelivered"), ("ErrorCode", "30005")]
    return Delivery("status", f"status:{SID}:undelivered", ACCOUNT_SID, f"m={message_id}&a=1", payload)


STOP = Delivery(
    "inbound",
    "inbound:SM1",
    ACCOUNT_SID,
    "",
    [
        ("MessageSid", "SM" + "1" * 32),
        ("From", PERSON),
        ("To", "+12025550100"),
        ("MessagingServiceSid", MARKETING_SERVICE),
        ("Body", "STOP"),
    ],
)
BROKEN = Delivery("inbound", "inbound:SM2", ACCOUNT_SID, "", [("Body", "no MessageSid")])
LATER = NOW + timedelta(minutes=1)


async def test_what_waits_is_handled_and_what_is_broken_says_why(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    message_id = await add_outbound(connection, organization_id, state="unknown")
    for delivery in (BROKEN, status(message_id), STOP):
        await keep_unhandled(connection, delivery, error="the database was full", now=NOW)
    ids = await unprocessed(connection, after=0, most=10, now=LATER)
    fates = [await replay(connection, id_, now=LATER) for id_ in ids]
    assert fates == [Fate.FAILED, Fate.HANDLED, Fate.HANDLED]
    reported = "SELECT state::text, twilio_sid, error_code FROM messages WHERE direction = 'outbound'"
    found = await rows(connection, reported)
    assert found == [("undelivered", SID, 30005)]
    consents = await rows(connection, "SELECT DISTINCT phone, state FROM consents")
    assert (PERSON, "opted_out") in consents
    assert await rows(connection, "SELECT dedupe_key, error FROM webhook_events WHERE processed_at IS NULL") == [
        (BROKEN.dedupe_key, "KeyError")
    ]


async def test_handling_it_twice_changes_nothing(connection: AsyncConnection, organization_id: UUID) -> None:
    message_id = await add_outbound(connection, organization_id, state="unknown")
    await keep_unhandled(connection, status(message_id), error="why", now=NOW)
    (event_id,) = await unprocessed(connection, after=0, most=10, now=LATER)
    assert await replay(connection, event_id, now=LATER) is Fate.HANDLED
    assert await replay(connection, event_id, now=LATER) is Fate.UNCHANGED
    assert await replay(connection, event_id, now=LATER, again=True) is Fate.UNCHANGED
    assert await unprocessed(connection, after=0, most=10, now=LATER) == []
    assert await rows(connection, "SELECT count(*) FROM message_events") == [(1,)]
