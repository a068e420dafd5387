"""Who wants to hear of statuses: a campaign of a million people has some four million of them.

They are noted only while the organization has a subscription for them, or had a stream open in the last day.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.reading import head

KEPT_FOR = timedelta(days=1)
"""How long after its last sign of life a stream's client may come back and miss nothing."""

WANTED = """
    SELECT organization_id FROM event_streams WHERE statuses_until > :now
    UNION
    SELECT organization_id FROM event_subscriptions
    WHERE state <> 'disabled' AND (kinds = '{}' OR 'message.status' = ANY(kinds))
"""
"""The organizations whose statuses are noted."""

_ASK = text("""
    INSERT INTO event_streams AS stream (organization_id, statuses_until, complete_from)
    VALUES (:organization_id, :until, :head)
    ON CONFLICT (organization_id) DO UPDATE
    SET complete_from = CASE WHEN stream.statuses_until < :now
                             THEN GREATEST(stream.complete_from, EXCLUDED.complete_from)
                             ELSE stream.complete_from END,
        statuses_until = GREATEST(stream.statuses_until, EXCLUDED.statuses_until)
    RETURNING complete_from
""")


async def ask_for_statuses(connection: AsyncConnection, organization_id: UUID, *, now: datetime) -> int:
    """Has everything noted for another day; returns the position from which on the stream has it all."""
    values = {
        "organization_id": organization_id,
        "until": now + KEPT_FOR,
        "head": await head(connection, organization_id),
        "now": now,
    }
    return int((await connection.execute(_ASK, values)).scalar_one())
