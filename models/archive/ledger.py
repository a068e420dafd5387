"""Decides what goes into the archive's next file, exactly once for each delivery, whatever is killed when.

Ids are given out before their rows are committed, so a higher one may be seen before a lower one. The next file
therefore ends at an id below which nothing can appear any more: a lock that waits for all who are writing, for a
fraction of a second, tells it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.archive.files import file_name
from models.columns import new_id

_SHORTLY = text("SET LOCAL lock_timeout = '250ms'")
_WAIT_FOR_WRITERS = text("LOCK TABLE webhook_events IN SHARE MODE")
_LAST = text("SELECT COALESCE(max(id), 0) FROM webhook_events")

_UNWRITTEN = text("""
    SELECT first_id, last_id, name FROM webhook_archives WHERE written_at IS NULL ORDER BY first_id LIMIT 1
""")

_NEXT = text("""
    SELECT min(id) AS first_id, max(id) AS last_id, count(*) AS deliveries,
        min(received_at) AS first, max(received_at) AS last,
        COALESCE(min(received_at) <= CAST(:now AS timestamptz) - make_interval(secs => :patience), false) AS waited
    FROM (
        SELECT id, received_at FROM webhook_events
        WHERE id > COALESCE((SELECT max(last_id) FROM webhook_archives), 0) AND id <= :ceiling
        ORDER BY id LIMIT :most) AS next
""")

_PLAN = text("""
    INSERT INTO webhook_archives (first_id, last_id, name, planned_at) VALUES (:first_id, :last_id, :name, :now)
""")

_DELIVERIES = text("""
    SELECT kind, dedupe_key, account_sid, query, payload, received_at FROM webhook_events
    WHERE id BETWEEN :first_id AND :last_id ORDER BY id
""")

_WRITTEN = text("UPDATE webhook_archives SET written_at = :now WHERE first_id = :first_id")

_OLD = text("""
    SELECT first_id, last_id, name FROM webhook_archives
    WHERE written_at < :before AND first_id < (SELECT max(first_id) FROM webhook_archives) ORDER BY first_id
""")

_FORGET = text("DELETE FROM webhook_archives WHERE first_id = :first_id")


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file of the archive: its name, and which deliveries are in it."""

    first_id: int
    last_id: int
    name: str


async def complete_until(connection: AsyncConnection) -> int | None:
    """The id up to which every delivery is committed; None when that cannot be told without making writers wait.

    The transaction must end at once: until then no webhook is stored.
    """
    await connection.execute(_SHORTLY)
    try:
        await connection.execute(_WAIT_FOR_WRITERS)
    except OperationalError:
        return None
    return int((await connection.execute(_LAST)).scalar_one())


async def next_file(
    connection: AsyncConnection, *, ceiling: int, most: int, patience: float, now: datetime
) -> ArchiveFile | None:
    """The file to write next: one left unwritten, else the next deliveries; None when it is too early for one.

    A file has `most` deliveries, or fewer when the oldest of them has waited for `patience` seconds.
    """
    left = (await connection.execute(_UNWRITTEN)).mappings().one_or_none()
    if left is not None:
        return ArchiveFile(**left)
    values = {"ceiling": ceiling, "most": most, "patience": patience, "now": now}
    found = (await connection.execute(_NEXT, values)).one()
    if found.deliveries == 0 or (found.deliveries < most and not found.waited):
        return None
    span = {"first": found.first, "last": found.last, "first_id": found.first_id, "last_id": found.last_id}
    planned = ArchiveFile(found.first_id, found.last_id, file_name(**span, tag=new_id().hex))
    ids = {"first_id": planned.first_id, "last_id": planned.last_id}
    await connection.execute(_PLAN, {**ids, "name": planned.name, "now": now})
    return planned


async def deliveries_of(connection: AsyncConnection, file: ArchiveFile) -> list[dict[str, Any]]:
    """The lines of a file."""
    rows = await connection.execute(_DELIVERIES, {"first_id": file.first_id, "last_id": file.last_id})
    return [{**row, "received_at": row["received_at"].isoformat()} for row in rows.mappings()]


async def mark_written(connection: AsyncConnection, file: ArchiveFile, *, now: datetime) -> None:
    """Notes that the file is in the archive: from now on its deliveries may leave the database."""
    await connection.execute(_WRITTEN, {"first_id": file.first_id, "now": now})


async def files_written_before(connection: AsyncConnection, before: datetime) -> Sequence[ArchiveFile]:
    """Files whose time is over; the newest one stays, since it tells where the next begins."""
    return [ArchiveFile(**row) for row in (await connection.execute(_OLD, {"before": before})).mappings()]


async def forget_file(connection: AsyncConnection, file: ArchiveFile) -> None:
    """Takes a file that was removed off the list."""
    await connection.execute(_FORGET, {"first_id": file.first_id})
