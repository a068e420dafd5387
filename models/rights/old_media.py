"""Files that people sent, whose time is over."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_OLD = "FROM inbound_media WHERE organization_id = :organization_id AND created_at < :before AND path IS NOT NULL"

_SOME = text(f"SELECT id, path {_OLD} ORDER BY id LIMIT :most")
_COUNT = text(f"SELECT count(*) {_OLD}")

_REMOVED = text("""
    UPDATE inbound_media SET state = 'removed', path = NULL, updated_at = :now
    WHERE id = ANY(CAST(:ids AS bigint[]))
""")


async def old_files(
    connection: AsyncConnection, organization_id: UUID, *, before: datetime, most: int
) -> dict[int, str]:
    """At most so many stored before then: id and path in the media store."""
    values = {"organization_id": organization_id, "before": before, "most": most}
    return {row.id: row.path for row in await connection.execute(_SOME, values)}


async def count_old_files(connection: AsyncConnection, organization_id: UUID, *, before: datetime) -> int:
    """How many there are in all."""
    values = {"organization_id": organization_id, "before": before}
    return int((await connection.execute(_COUNT, values)).scalar_one())


async def mark_removed(connection: AsyncConnection, ids: Collection[int], *, now: datetime) -> None:
    """Notes that their files are gone; type, size and hash stay."""
    await connection.execute(_REMOVED, {"ids": list(ids), "now": now})
