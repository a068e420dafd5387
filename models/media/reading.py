"""Stored media for people and programs that look."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError

_OF_MESSAGE = text("""
    SELECT id, message_id, place, state, COALESCE(content_type, declared_type) AS content_type, size, sha256, path,
        error, delete_asked_at, deleted_at, created_at
    FROM inbound_media WHERE organization_id = :organization_id AND message_id = :message_id ORDER BY place
""")

_ONE = text("""
    SELECT id, message_id, place, state, COALESCE(content_type, declared_type) AS content_type, size, sha256, path,
        error, delete_asked_at, deleted_at, created_at
    FROM inbound_media WHERE organization_id = :organization_id AND id = :id
""")


class NoSuchMedium(TidingsError):
    """The organization has no medium of this id."""


@dataclass(frozen=True, slots=True)
class MediumLine:
    """A medium of an inbound message: `size` in bytes; `path`, within the media store, once it is stored."""

    id: int
    message_id: int
    place: int
    state: str
    content_type: str
    size: int | None
    sha256: str | None
    path: str | None
    error: str | None
    delete_asked_at: datetime | None
    deleted_at: datetime | None
    created_at: datetime


async def media_of(connection: AsyncConnection, organization_id: UUID, message_id: int) -> list[MediumLine]:
    """The media of a message, in their order; none for another organization's."""
    values = {"organization_id": organization_id, "message_id": message_id}
    return [MediumLine(**row) for row in (await connection.execute(_OF_MESSAGE, values)).mappings()]


async def load_medium(connection: AsyncConnection, organization_id: UUID, medium_id: int) -> MediumLine:
    """One medium. Raises `NoSuchMedium`."""
    row = (await connection.execute(_ONE, {"organization_id": organization_id, "id": medium_id})).mappings()
    found = row.one_or_none()
    if found is None:
        raise NoSuchMedium(f"There is no medium {medium_id}; the message that it came with names its media.")
    return MediumLine(**found)
