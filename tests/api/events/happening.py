"""Things that happen, and what is to be told of them made due at once."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.columns import utc_now
from models.events.kinds import EventKind
from models.events.note import note

DUE_NOW = text("""
    WITH due AS (UPDATE event_deliveries SET next_attempt_at = clock_timestamp(), lease_until = NULL)
    UPDATE event_subscriptions SET resting_until = NULL
""")


async def happen(
    engine: AsyncEngine, organization_id: UUID, *numbers: int, kind: EventKind = EventKind.MESSAGE_RECEIVED
) -> None:
    async with engine.begin() as connection:
        for number in numbers:
            subject = {"number": number}
            await note(connection, organization_id=organization_id, kind=kind, subject=subject, now=utc_now())
