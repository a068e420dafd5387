"""WhatsApp's window: free-form messages are allowed for 24 hours after the person's last one.

https://www.twilio.com/docs/whatsapp/key-concepts#the-24-hour-window
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.refusal import WHATSAPP_HOURS

_LAST = text("""
    SELECT max(last_inbound_at) FROM conversations
    WHERE organization_id = :organization_id AND contact_id = :contact_id AND channel = 'whatsapp'
""")


async def whatsapp_window_open_until(
    connection: AsyncConnection, organization_id: UUID, contact_id: int
) -> datetime | None:
    """When the contact's window closes (it may be past); None for one who never wrote on WhatsApp."""
    values = {"organization_id": organization_id, "contact_id": contact_id}
    last: datetime | None = (await connection.execute(_LAST, values)).scalar_one()
    return last + timedelta(hours=WHATSAPP_HOURS) if last else None
