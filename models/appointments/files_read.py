"""Which file of appointments was read last, so that one that is laid down again is not read again."""

import hashlib
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Only the newest counts: a calendar that goes back to how it was gives the same bytes again, and they are news.
_LAST = text("""
    SELECT content_hash FROM appointment_files
    WHERE organization_id = :organization_id AND outcome = 'imported'
    ORDER BY read_at DESC LIMIT 1
""")

_NOTE = text("""
    INSERT INTO appointment_files (organization_id, content_hash, name, outcome, read_at)
    VALUES (:organization_id, :content_hash, :name, :outcome, :now)
    ON CONFLICT (organization_id, content_hash)
    DO UPDATE SET name = excluded.name, outcome = excluded.outcome, read_at = excluded.read_at
""")


def content_hash(path: Path) -> bytes:
    """The SHA-256 of a file's bytes. Raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


async def was_last(connection: AsyncConnection, organization_id: UUID, hash_: bytes) -> bool:
    """Whether the last file that was imported had these bytes."""
    last = (await connection.execute(_LAST, {"organization_id": organization_id})).scalar_one_or_none()
    return last is not None and bytes(last) == hash_


async def note_read(
    connection: AsyncConnection, organization_id: UUID, hash_: bytes, *, name: str, outcome: str, now: datetime
) -> None:
    """Notes that a file was imported, or refused as a whole."""
    values = {
        "organization_id": organization_id,
        "content_hash": hash_,
        "name": name,
        "outcome": outcome,
        "now": now,
    }
    await connection.execute(_NOTE, values)
