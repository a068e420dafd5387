"""Handled deliveries leave the database after their time; where there is an archive, only once they are in it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ARCHIVED = """
    (NOT :has_archive OR id <= (
        SELECT COALESCE(max(last_id), 0) FROM webhook_archives WHERE written_at IS NOT NULL))
"""

_PRUNE = text(f"""
    WITH batch AS (
        SELECT id, received_at, processed_at FROM webhook_events
        WHERE id > :after AND {_ARCHIVED}
        ORDER BY id LIMIT :most),
    gone AS (
        DELETE FROM webhook_events e USING batch b
        WHERE e.id = b.id AND b.received_at < :before AND b.processed_at IS NOT NULL
        RETURNING e.id)
    SELECT (SELECT count(*) FROM gone) AS pruned, max(id) AS last_id,
        COALESCE(bool_or(received_at >= :before), true) AS is_end
    FROM batch
""")  # noqa: S608 (only the text above is put in)


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many deliveries of a batch were deleted, and its last id; `is_end`: what follows is younger."""

    pruned: int
    last_id: int | None
    is_end: bool


async def prune_deliveries(
    connection: AsyncConnection, *, before: datetime, has_archive: bool, after: int, most: int
) -> Pruned:
    """Of the next so many deliveries by id, deletes those that were received before then and handled.

    Ids follow the time of storing, so the first batch with a younger delivery is the last: nothing else is read.
    """
    values = {"before": before, "has_archive": has_archive, "after": after, "most": most}
    return Pruned(**(await connection.execute(_PRUNE, values)).mappings().one())
