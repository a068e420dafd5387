"""Which codes mark a number as unreachable, on which channel, and which do not."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statuses import MessageState
from models.columns import new_id
from models.messages.record import record
from models.messages.results import Accepted, Closed
from models.messages.statuses import apply_statuses
from tests.conftest import ACCOUNT_SID
from tests.integration.outbox import NOW, PHONE, report, rows, sid
from tests.integration.population import phone
from tests.integration.reach.failing import ended, send_and_fail, sent, someone, unreachable


@pytest.mark.parametrize(
    ("label", "channel", "status", "code", "marked"),
    [
        ("not in use", "sms", "undelivered", 30005, ["sms"]),
        ("a landline", "sms", "undelivered", 30006, ["sms"]),
        ("no mobile number", "sms", "failed", 21614, ["sms"]),
        ("no route", "sms", "failed", 21612, ["sms"]),
        ("not on WhatsApp", "whatsapp", "undelivered", 63024, ["whatsapp"]),
        ("no phone number, on WhatsApp", "whatsapp", "failed", 21211, ["whatsapp"]),
        ("a code of WhatsApp on SMS", "sms", "undelivered", 63024, None),
        ("a code of SMS on WhatsApp", "whatsapp", "undelivered", 30006, None),
        ("off for once", "sms", "undelivered", 30003, None),
        ("filtered", "sms", "undelivered", 30007, None),
        ("no reason given", "sms", "undelivered", 30008, None),
        ("opted out", "sms", "failed", 21610, None),
        ("a code that lingers on what arrived", "sms", "delivered", 30005, None),
    ],
)
async def test_a_code_says_something_of_the_number_or_of_the_message(
    connection: AsyncConnection,
    organization_id: UUID,
    label: str,
    channel: str,
    status: str,
    code: int,
    marked: list[str] | None,
) -> None:
    await someone(connection, organization_id)
    await sent(connection, organization_id, channel=channel)
    await ended(connection, 1, status, code=code)
    assert await unreachable(connection) == ({PHONE: marked} if marked else {}), label
    kept = [(channel, code, NOW)] if marked else []
    assert await rows(connection, "SELECT channel, code, unreachable_since FROM contact_reach") == kept


async def test_off_three_times_in_a_row_is_unreachable(connection: AsyncConnection, organization_id: UUID) -> None:
    await someone(connection, organization_id)
    marked = []
    for hours in (1, 2, 3):
        await send_and_fail(connection, organization_id, 30003, hours=hours)
        marked.append(await unreachable(connection))
    assert marked == [{}, {}, {PHONE: ["sms"]}]


async def test_what_went_through_in_between_begins_the_row_anew(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await someone(connection, organization_id)
    for hours in (1, 2):
        await send_and_fail(connection, organization_id, 30003, hours=hours)
    await sent(connection, organization_id, 1)
    await ended(connection, 1, "delivered")
    for hours in (3, 4):
        await send_and_fail(connection, organization_id, 30003, hours=hours)
    assert await unreachable(connection) == {}


async def test_a_refused_request_marks_too(connection: AsyncConnection, organization_id: UUID) -> None:
    await someone(connection, organization_id)
    message_id = await sent(connection, organization_id)
    refused = Closed(message_id, MessageState.FAILED, error_code=21614)
    await record(connection, [refused], claim_id=new_id(), account_sid=ACCOUNT_SID, now=NOW)
    assert await unreachable(connection) == {PHONE: ["sms"]}


async def test_the_same_status_again_changes_nothing(connection: AsyncConnection, organization_id: UUID) -> None:
    await someone(connection, organization_id)
    await sent(connection, organization_id)
    for minutes in (0, 5):
        await ended(connection, 1, "undelivered", code=30005, now=NOW + timedelta(minutes=minutes))
    assert await rows(connection, "SELECT unreachable_since FROM contact_reach") == [(NOW,)]


async def test_a_batch_marks_everyone_it_concerns(connection: AsyncConnection, organization_id: UUID) -> None:
    reports = []
    for number in (1, 2, 3):
        await someone(connection, organization_id, phone(number))
        await sent(connection, organization_id, number, phone=phone(number))
        reports.append(report("undelivered", number=number, code=30005 if number < 3 else 30008))
    await sent(connection, organization_id, 4, phone=phone(1))
    reports.append(report("undelivered", number=4, code=30006))
    await apply_statuses(connection, reports, now=NOW)
    assert await unreachable(connection) == {phone(1): ["sms"], phone(2): ["sms"]}


async def test_a_status_that_came_before_the_sid_marks_when_it_is_recorded(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await someone(connection, organization_id)
    message_id = await sent(connection, organization_id, 7)
    await connection.exec_driver_sql("UPDATE messages SET twilio_sid = NULL, account_sid = NULL")
    await ended(connection, 1, "undelivered", code=30005)
    assert await unreachable(connection) == {}
    accepted = Accepted(message_id, sid(1), MessageState.ACCEPTED, 201)
    await record(connection, [accepted], claim_id=new_id(), account_sid=ACCOUNT_SID, now=NOW)
    assert await unreachable(connection) == {PHONE: ["sms"]}
