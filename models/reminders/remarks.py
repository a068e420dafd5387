"""What people should know who set reminder rules."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.policy.store import load_policy
from models.senders import Channel, MessageType, no_sender

_SENDER = text("""
    SELECT count(*) FROM senders
    WHERE organization_id = :organization_id AND purpose = 'transactional' AND channel = 'sms'
        AND state <> 'retired'
""")


async def remarks(connection: AsyncConnection, organization_id: UUID) -> Sequence[str]:
    """Sentences: that there is nothing to send from, that quiet hours bring reminders earlier."""
    found = []
    senders = (await connection.execute(_SENDER, {"organization_id": organization_id})).scalar_one()
    if not senders:
        error = await no_sender(
            connection, organization_id=organization_id, purpose=MessageType.TRANSACTIONAL, channel=Channel.SMS
        )
        found.append(f"No reminder can leave yet. {error}")
    if MessageType.TRANSACTIONAL in (await load_policy(connection, organization_id)).quiet_hours.applies_to:
        found.append("Quiet hours hold for reminders too: where they begin before one is due, it comes earlier.")
    return found
