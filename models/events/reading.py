"""Reads an organization's stream by position: published events, in their order, none left out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

PAGE = 500

_AFTER = text("""
    SELECT id, position, organization_id, kind, version, subject, created_at FROM events
    WHERE organization_id = :organization_id AND position > :after
    ORDER BY position LIMIT :most
""")

_HEADS = text("""
    SELECT o.id, newest.position
    FROM unnest(CAST(:organization_ids AS uuid[])) AS o(id)
    CROSS JOIN LATERAL (
        SELECT position FROM events WHERE organization_id = o.id AND position IS NOT NULL
        ORDER BY position DESC LIMIT 1) AS newest
""")


@dataclass(frozen=True, slots=True)
class Published:
    """One event with its place in the stream."""

    id: int
    position: int
    organization_id: UUID
    kind: str
    version: int
    subject: Mapping[str, Any]
    created_at: datetime

    @property
    def public_id(self) -> str:
        """What other systems know it by, however often and by whichever way they hear of it."""
        return f"evt_{self.id}"

    def to_json(self) -> dict[str, Any]:
        """The event as other systems see it; `sequence` grows, with holes."""
        return {
            "id": self.public_id,
            "type": self.kind,
            "version": self.version,
            "sequence": self.position,
            "timestamp": self.created_at.isoformat(),
            "data": dict(self.subject),
        }


async def read_after(
    connection: AsyncConnection, organization_id: UUID, after: int, *, most: int = PAGE
) -> Sequence[Published]:
    """The next events behind a position; an organization's first are behind 0."""
    values = {"organization_id": organization_id, "after": after, "most": most}
    return [Published(**row) for row in (await connection.execute(_AFTER, values)).mappings()]


async def heads(connection: AsyncConnection, organization_ids: Collection[UUID]) -> dict[UUID, int]:
    """The newest position of each organization that has one."""
    rows = await connection.execute(_HEADS, {"organization_ids": list(organization_ids)})
    return {row.id: row.position for row in rows}


async def head(connection: AsyncConnection, organization_id: UUID) -> int:
    """The organization's newest position; 0 before its first event."""
    return (await heads(connection, [organization_id])).get(organization_id, 0)
