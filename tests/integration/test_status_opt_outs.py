"""Status reports that tell of an opt-out: Twilio or a carrier knows of a no that we did not hear."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.messages.statuses import adopt_orphan_events, apply_statuses
from tests.integration.outbox import NOW, PHONE, add_outbound, message, record_sid, report, rows, sid


@pytest.mark.parametrize("code", [21610, 63014])
async def test_an_opt_out_code_writes_the_ledger_once(
    connection: AsyncConnection, organization_id: UUID, code: int
) -> None:
    await add_outbound(connection, organization_id, twilio_sid=sid(1))
    for _ in range(2):
        await apply_statuses(connection, [report("undelivered", code=code)], now=NOW)
    ledger = await rows(
        connection, "SELECT phone, message_type, state_after, method, source, message_sid FROM consent_events"
    )
    entry = ("opted_out", "carrier", f"Twilio error {code}", sid(1))
    assert sorted(ledger) == [(PHONE, "marketing", *entry), (PHONE, "transactional", *entry)]


async def test_who_blocks_us_on_a_channel_has_said_no_there(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    """21610 is Twilio's, for every channel of a sender; 63014 is the channel's own."""
    await add_outbound(connection, organization_id, twilio_sid=sid(1))
    await add_outbound(connection, organization_id, twilio_sid=sid(2), phone="+12025550124")
    await connection.execute(text("UPDATE messages SET channel = 'whatsapp'"))
    for number, code in ((1, 63014), (2, 21610)):
        await apply_statuses(connection, [report("undelivered", number=number, code=code)], now=NOW)
    states = await rows(connection, "SELECT DISTINCT phone, channel, state FROM consents ORDER BY phone")
    assert states == [(PHONE, "whatsapp", "opted_out"), ("+12025550124", "sms", "opted_out")]


async def test_an_opt_out_code_on_a_message_that_is_not_a_failure_means_nothing(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await add_outbound(connection, organization_id, twilio_sid=sid(1))
    await apply_statuses(connection, [report("sent", code=21610)], now=NOW)
    assert await rows(connection, "SELECT id FROM consent_events") == []


async def test_an_opt_out_that_came_before_the_sid_counts_when_it_is_recorded(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    message_id = await add_outbound(connection, organization_id, state="claimed")
    await apply_statuses(connection, [report("undelivered", code=21610)], now=NOW)
    assert await rows(connection, "SELECT id FROM consent_events") == []
    await record_sid(connection, message_id, sid(1))
    assert await adopt_orphan_events(connection, [sid(1)], now=NOW) == 1
    found = await message(connection, message_id)
    assert (found.state, found.error_code, found.failed_at) == ("undelivered", 21610, "delivery")
    assert len(await rows(connection, "SELECT id FROM consent_events")) == 2
