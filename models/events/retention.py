"""Events are kept for so many days, then removed, with the deliveries that told of them."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_REMOVE = text("""
    WITH old AS (
        SELECT id FROM events
        WHERE created_at < :before AND position IS NOT NULL
        ORDER BY created_at LIMIT :most
    ),
    removed AS (
        DELETE FROM events e USING old WHERE e.id = old.id RETURNING e.organization_id, e.position
    ),
    lost AS (
        UPDATE event_streams s SET complete_from = GREATEST(s.complete_from, r.position)
        FROM (SELECT organization_id, max(position) AS position FROM removed GROUP BY organization_id) r
        WHERE s.organization_id = r.organization_id
    )
    SELECT count(*) FROM removed
""")


async def remove_old(connection: AsyncConnection, *, before: datetime, most: int = 20_000) -> int:
    """Removes published events from before a moment, at most so many at once; returns how many.

    A delivery has a day, so what is still to be delivered after several belongs to a subscription that failed. A
    stream that stood before them is told so (`demand`).
    """
    return int((await connection.execute(_REMOVE, {"before": before, "most": most})).scalar_one())
