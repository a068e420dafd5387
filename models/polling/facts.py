"""Writes what Twilio tells of messages when asked: statuses as callbacks bring them, price and segments."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.twilio_history import SentMessage
from models.messages.status_reports import StatusReport, outbound_status
from models.messages.statuses import AppliedStatuses, apply_statuses
from models.polling.prices import write_prices


async def write_facts(
    connection: AsyncConnection, messages: Sequence[SentMessage], *, account_sid: str, now: datetime
) -> AppliedStatuses:
    """Applies statuses, as callbacks do, and keeps price and segments, which callbacks do not carry."""
    reports = [
        StatusReport(message.sid, status, account_sid, message.error_code)
        for message in messages
        if (status := outbound_status(message.status)) is not None
    ]
    applied = await apply_statuses(connection, reports, now=now)
    await write_prices(connection, messages, account_sid=account_sid)
    return applied
