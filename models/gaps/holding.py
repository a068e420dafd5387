"""Holds an organization's marketing while a STOP may wait at Twilio that we have not heard."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.timeline import Actor, Event, What, note_for_sender
from models.slowing import close_sender

_MARKETING = text("""
    SELECT id FROM senders WHERE organization_id = :organization_id AND purpose = 'marketing' AND state = 'active'
    ORDER BY id
""")
_WHY = "The receiver was away, and Twilio does not list what people wrote meanwhile; a STOP may be among it."


async def hold_marketing(
    connection: AsyncConnection, organization_id: UUID, *, seconds: float, now: datetime
) -> int:
    """Lets no marketing of the organization leave for so long; returns how many senders were open until now."""
    held = 0
    senders = (await connection.execute(_MARKETING, {"organization_id": organization_id})).scalars().all()
    for sender_id in senders:
        if await close_sender(connection, sender_id, seconds=seconds):
            held += 1
            event = Event(What.RESTS, Actor.SYSTEM, at=now, why=_WHY, detail={"seconds": round(seconds)})
            await note_for_sender(connection, sender_id, event)
    return held
