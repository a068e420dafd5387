"""Writes what Twilio tells of messages when asked: statuses as callbacks bring them, price and segments."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.twilio_history import SentMessage
from models.messages.status_reports import StatusReport, outbound_status
from models.messages.statuses import AppliedStatuses, apply_statuses

_BILL = text("""
    UPDATE messages m
    SET price = COALESCE(b.price, m.price), price_unit = COALESCE(b.price_unit, m.price_unit),
        segments = COALESCE(NULLIF(b.segments, 0), m.segments)
    FROM unnest(CAST(:sids AS text[]), CAST(:prices AS numeric[]), CAST(:units AS text[]),
                CAST(:segments AS smallint[])) AS b(sid, price, price_unit, segments)
    WHERE m.twilio_sid = b.sid AND m.account_sid = :account_sid AND m.direction = 'outbound'
""")


async def write_facts(
    connection: AsyncConnection, messages: Sequence[SentMessage], *, account_sid: str, now: datetime
) -> AppliedStatuses:
    """Applies statuses, and keeps price (as Twilio says it: negative is what we pay), its unit and the segments.

    Callbacks carry none of these; a price is there once Twilio has billed the message.
    """
    reports = [
        StatusReport(message.sid, status, account_sid, message.error_code)
        for message in messages
        if (status := outbound_status(message.status)) is not None
    ]
    applied = await apply_statuses(connection, reports, now=now)
    values = {
        "account_sid": account_sid,
        "sids": [message.sid for message in messages],
        "prices": [message.price for message in messages],
        "units": [message.price_unit if message.price is not None else None for message in messages],
        "segments": [message.segments for message in messages],
    }
    await connection.execute(_BILL, values)
    return applied
