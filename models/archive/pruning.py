"""Handled deliveries leave the database after their time; where there is an archive, only once they are in it."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ARCHIVED = """
    (NOT :has_archive OR id <= (
        SELECT COALESCE(max(last_id), 0) FROM webhook_archives WHERE written_at IS NOT NULL))
"""

_PRUNE = text(f"""
    DELETE FROM webhook_events WHERE id = ANY(ARRAY(
        SELECT id FROM webhook_events
        WHERE received_at < :before AND processed_at IS NOT NULL AND {_ARCHIVED}
        LIMIT :most
        FOR UPDATE SKIP LOCKED))
""")  # noqa: S608 (only the text above is put in)


async def prune_deliveries(connection: AsyncConnection, *, before: datetime, has_archive: bool, most: int) -> int:
    """Deletes at most so many deliveries that were received before then and handled; returns how many."""
    values = {"before": before, "has_archive": has_archive, "most": most}
    return (await connection.execute(_PRUNE, values)).rowcount
