"""Inbound messages read and handled in one transaction, as a replay does it too."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.inbound.handling import NO_REPLY, Handled, handle_inbound
from models.inbound.payload import InboundMessage, read_inbound
from tests.conftest import ACCOUNT_SID, TRANSACTIONAL_SERVICE
from tests.integration.outbox import NOW, PHONE, rows, sid


def _message(number: int = 1, /, **fields: str) -> InboundMessage:
    given = {"MessageSid": sid(number), "From": PHONE, "To": "+12025550100", "Body": "Hi", **fields}
    return read_inbound(given.items(), account_sid=ACCOUNT_SID)


READ: dict[str, tuple[dict[str, str], str, str, bool]] = {
    "a plain message": ({}, PHONE, "sms", True),
    "whatsapp": ({"From": f"whatsapp:{PHONE}"}, PHONE, "whatsapp", True),
    "short code": ({"From": "262966"}, "262966", "sms", False),
    "a name": ({"From": "TWILIO"}, "TWILIO", "sms", False),
    "anonymous": ({"From": "+266696687"}, "+266696687", "sms", True),
    "no country code starts with 0": ({"From": "+02025550123"}, "+02025550123", "sms", False),
}


@pytest.mark.parametrize("case", READ)
def test_who_wrote(case: str) -> None:
    fields, phone, channel, is_person = READ[case]
    message = _message(**fields)
    assert (message.phone, message.channel, message.is_from_person) == (phone, channel, is_person)


def test_the_first_of_repeated_fields_counts() -> None:
    pairs = [("MessageSid", sid(1)), ("From", PHONE), ("Body", "one"), ("Body", "two")]
    assert read_inbound(pairs, account_sid=ACCOUNT_SID).body == "one"


async def test_handled_again_nothing_changes(connection: AsyncConnection, organization_id: UUID) -> None:
    message = _message(MessagingServiceSid=TRANSACTIONAL_SERVICE, Body="STOP")
    for _ in range(2):
        assert await handle_inbound(connection, message, now=NOW) == Handled(NO_REPLY, organization_id)
    assert await rows(connection, "SELECT unread FROM conversations") == [(1,)]
    assert await rows(connection, "SELECT count(*) FROM consent_events") == [(2,)]


@pytest.mark.parametrize(
    ("said", "country"), [({}, "US"), ({"FromCountry": "CA"}, "CA")], ids=["by the number", "by Twilio"]
)
async def test_whoever_writes_first_has_a_country(
    connection: AsyncConnection,
    organization_id: UUID,  # noqa: ARG001 (the senders must be there)
    said: dict[str, str],
    country: str,
) -> None:
    await handle_inbound(connection, _message(MessagingServiceSid=TRANSACTIONAL_SERVICE, **said), now=NOW)
    assert await rows(connection, "SELECT country FROM contacts") == [(country,)]


async def test_a_number_that_is_a_sender_is_found_without_a_service(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await connection.execute(
        text("UPDATE senders SET address = '+12025550100' WHERE address = :service"),
        {"service": TRANSACTIONAL_SERVICE},
    )
    assert (await handle_inbound(connection, _message(), now=NOW)).organization_id == organization_id
    assert await rows(connection, "SELECT our_address FROM conversations") == [("+12025550100",)]


async def test_a_sender_of_another_account_owns_nothing(
    connection: AsyncConnection,
    organization_id: UUID,  # noqa: ARG001 (the senders must be there)
) -> None:
    message = read_inbound(
        {"MessageSid": sid(1), "From": PHONE, "MessagingServiceSid": TRANSACTIONAL_SERVICE}.items(),
        account_sid="AC" + "9" * 32,
    )
    assert (await handle_inbound(connection, message, now=NOW)).organization_id is None


async def test_a_late_message_does_not_turn_the_thread_back(
    connection: AsyncConnection,
    organization_id: UUID,  # noqa: ARG001 (the senders must be there)
) -> None:
    service = {"MessagingServiceSid": TRANSACTIONAL_SERVICE}
    await handle_inbound(connection, _message(1, Body="new", **service), now=NOW)
    await handle_inbound(connection, _message(2, Body="old", **service), now=NOW - timedelta(hours=1))
    thread = "SELECT preview, unread, last_inbound_at = :now, last_message_at = :now FROM conversations"
    assert await rows(connection, thread, now=NOW) == [("new", 2, True, True)]


async def test_a_retired_sender_still_receives(connection: AsyncConnection, organization_id: UUID) -> None:
    await connection.execute(text("UPDATE senders SET state = 'retired'"))
    handled = await handle_inbound(connection, _message(MessagingServiceSid=TRANSACTIONAL_SERVICE), now=NOW)
    assert handled.organization_id == organization_id
