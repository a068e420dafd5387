"""Whose address an inbound message was sent to."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.inbound.payload import InboundMessage

_OWNER = text("""
    SELECT s.organization_id, s.address
    FROM senders s JOIN organizations o ON o.id = s.organization_id
    WHERE o.twilio_account_sid = :account_sid AND s.address = ANY(CAST(:addresses AS text[]))
    ORDER BY s.address = :service_sid DESC
    LIMIT 1
""")

_ACCOUNT_HOLDER = text("SELECT id FROM organizations WHERE twilio_account_sid = :account_sid")


@dataclass(frozen=True, slots=True)
class Owner:
    """An organization, and the address of its own that the message came to."""

    organization_id: UUID
    our_address: str


async def owner_of(connection: AsyncConnection, message: InboundMessage) -> Owner | None:
    """The organization whose sender is the message's Messaging Service, else its number; None for nobody's."""
    service_sid = message.service_sid or ""
    values = {
        "account_sid": message.account_sid,
        "addresses": [address for address in (service_sid, message.our_number) if address],
        "service_sid": service_sid,
    }
    row = (await connection.execute(_OWNER, values)).one_or_none()
    return Owner(row.organization_id, row.address) if row else None


async def account_holder(connection: AsyncConnection, account_sid: str) -> UUID | None:
    """The organization of a Twilio account, whichever of the account's numbers was written to."""
    return (await connection.execute(_ACCOUNT_HOLDER, {"account_sid": account_sid})).scalar_one_or_none()
