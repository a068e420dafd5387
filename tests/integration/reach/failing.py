"""A contact, messages to it that Twilio has, and what became of them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.messages.statuses import apply_statuses
from tests.integration.outbox import NOW, PHONE, add_outbound, report, sid
from tests.integration.population import add_contact

_OF_CONTACT = text("""
    UPDATE messages SET contact_id = c.id, channel = :channel, created_at = :at
    FROM contacts c WHERE c.phone = messages.phone AND messages.id = :id
""")
_UNREACHABLE = text("SELECT phone, unreachable_on FROM contacts")


async def someone(connection: AsyncConnection, organization_id: UUID, number: str = PHONE) -> int:
    return await add_contact(connection, organization_id, number, consent={"marketing": "opted_in"})


async def sent(
    connection: AsyncConnection,
    organization_id: UUID,
    number: int = 1,
    /,
    *,
    channel: str = "sms",
    at: datetime = NOW,
    phone: str = PHONE,
) -> int:
    """The nth message that Twilio has; returns our id of it."""
    message_id = await add_outbound(connection, organization_id, twilio_sid=sid(number), phone=phone)
    await connection.execute(_OF_CONTACT, {"id": message_id, "channel": channel, "at": at})
    return message_id


async def ended(
    connection: AsyncConnection, number: int, status: str, *, code: int | None = None, now: datetime = NOW
) -> None:
    """Twilio reports how the nth message ended."""
    await apply_statuses(connection, [report(status, number=number, code=code)], now=now)


async def send_and_fail(connection: AsyncConnection, organization_id: UUID, code: int, *, hours: int = 0) -> None:
    """A message of some hours after `NOW`, undelivered with this code."""
    number = 100 + hours
    await sent(connection, organization_id, number, at=NOW + timedelta(hours=hours))
    await ended(connection, number, "undelivered", code=code, now=NOW + timedelta(hours=hours))


async def unreachable(connection: AsyncConnection) -> dict[str, list[str]]:
    """The channels on which each number is held to be unreachable; only numbers that have one."""
    return {row.phone: row.unreachable_on for row in await connection.execute(_UNREACHABLE) if row.unreachable_on}
