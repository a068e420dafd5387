"""Inbound media that are to be fetched, or deleted at Twilio, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.media.tables import MediumState

MOST_TRIES = 8
"""With waits that double from half a minute, the last try comes after about an hour."""

_DUE = text("""
    SELECT id, organization_id, message_id, place, url, declared_type, state, created_at
    FROM inbound_media
    WHERE next_try_at <= :now
    ORDER BY next_try_at, id
    LIMIT :most
""")

_STORED = text("""
    UPDATE inbound_media
    SET state = 'stored', content_type = :content_type, size = :size, sha256 = :sha256, path = :path, error = NULL,
        tries = 0, updated_at = :now,
        delete_asked_at = CASE WHEN :delete_too THEN COALESCE(delete_asked_at, :now) ELSE delete_asked_at END,
        next_try_at = CASE WHEN :delete_too OR delete_asked_at IS NOT NULL THEN CAST(:now AS timestamptz) END
    WHERE id = :id
""")

_REFUSED = text("""
    UPDATE inbound_media
    SET state = CASE WHEN state = 'waiting' THEN 'refused' ELSE state END, error = :error, updated_at = :now,
        next_try_at = NULL
    WHERE id = :id
""")

_NOT_NOW = text(f"""
    UPDATE inbound_media
    SET error = :error, tries = tries + 1, updated_at = :now,
        state = CASE WHEN state = 'waiting' AND tries + 1 >= {MOST_TRIES} THEN 'failed' ELSE state END,
        next_try_at = CASE WHEN tries + 1 >= {MOST_TRIES} THEN NULL
                           ELSE CAST(:now AS timestamptz) + make_interval(secs => 30 * 2 ^ tries) END
    WHERE id = :id
""")  # noqa: S608 (only the number above is put in)

_DELETED = text("""
    UPDATE inbound_media SET deleted_at = :now, next_try_at = NULL, error = NULL, updated_at = :now WHERE id = :id
""")

_ASK = text("""
    UPDATE inbound_media
    SET delete_asked_at = :now, tries = 0, updated_at = :now, next_try_at = COALESCE(next_try_at, :now)
    WHERE organization_id = :organization_id AND message_id = :message_id AND delete_asked_at IS NULL
""")


@dataclass(frozen=True, slots=True)
class DueMedium:
    """A medium to be fetched (`state` waiting) or deleted at Twilio (any other)."""

    id: int
    organization_id: UUID
    message_id: int
    place: int
    url: str
    declared_type: str
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What was stored: type as its bytes show, size in bytes, SHA-256 in hexadecimal digits, path in the store."""

    content_type: str
    size: int
    sha256: str
    path: str


async def due_media(connection: AsyncConnection, *, now: datetime, most: int) -> Sequence[DueMedium]:
    """Media whose time has come, longest waiting first."""
    rows = (await connection.execute(_DUE, {"now": now, "most": most})).mappings()
    return [DueMedium(**row) for row in rows]


async def mark_stored(
    connection: AsyncConnection, medium_id: int, stored: StoredFile, *, delete_too: bool, now: datetime
) -> None:
    """Notes where a medium is kept; `delete_too` asks for its deletion at Twilio as well."""
    values = {
        "id": medium_id,
        "content_type": stored.content_type,
        "size": stored.size,
        "sha256": stored.sha256,
        "path": stored.path,
        "delete_too": delete_too,
        "now": now,
    }
    await connection.execute(_STORED, values)


async def mark_refused(connection: AsyncConnection, medium_id: int, *, error: str, now: datetime) -> None:
    """Notes why a medium is not stored, for good."""
    await connection.execute(_REFUSED, {"id": medium_id, "error": error, "now": now})


async def mark_not_now(connection: AsyncConnection, medium_id: int, *, error: str, now: datetime) -> None:
    """Notes why something did not work; it is tried again later, each time after a longer wait, up to an end."""
    await connection.execute(_NOT_NOW, {"id": medium_id, "error": error, "now": now})


async def mark_deleted(connection: AsyncConnection, medium_id: int, *, now: datetime) -> None:
    """Notes that Twilio has the medium no more."""
    await connection.execute(_DELETED, {"id": medium_id, "now": now})


async def ask_deletion(
    connection: AsyncConnection, *, organization_id: UUID, message_id: int, now: datetime
) -> int:
    """Asks for a message's media to be deleted at Twilio, by the next sweep; returns how many were not asked yet.

    One that is still to be stored is stored first.
    """
    values = {"organization_id": organization_id, "message_id": message_id, "now": now}
    return (await connection.execute(_ASK, values)).rowcount


def is_to_be_fetched(medium: DueMedium) -> bool:
    """Whether it is not stored yet."""
    return medium.state == MediumState.WAITING
