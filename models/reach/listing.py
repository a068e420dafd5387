"""Whose numbers cannot be reached, on which channel, since when and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.unreachable import why_unreachable

_LIST = text("""
    SELECT c.id, c.phone, r.channel, r.code, r.unreachable_since
    FROM contact_reach r JOIN contacts c ON c.id = r.contact_id
    WHERE r.organization_id = :organization_id AND r.code IS NOT NULL
        AND (CAST(:code AS int) IS NULL OR r.code = :code)
    ORDER BY r.unreachable_since DESC, c.id DESC, r.channel
    LIMIT :most
""")

_COUNTS = text("""
    SELECT channel, code, count(*) AS contacts FROM contact_reach
    WHERE organization_id = :organization_id AND code IS NOT NULL
    GROUP BY channel, code ORDER BY contacts DESC, channel, code
""")


@dataclass(frozen=True, slots=True)
class UnreachableNumber:
    """A contact's number on a channel, and the code of Twilio's that marked it."""

    id: int
    phone: str
    channel: str
    code: int
    unreachable_since: datetime

    @property
    def why(self) -> str:
        """What the code says of the number, in a few words."""
        return why_unreachable(self.code)


@dataclass(frozen=True, slots=True)
class UnreachableCount:
    """How many contacts a code has marked on a channel."""

    channel: str
    code: int
    contacts: int

    @property
    def why(self) -> str:
        """What the code says of a number, in a few words."""
        return why_unreachable(self.code)


async def list_unreachable(
    connection: AsyncConnection, organization_id: UUID, *, code: int | None = None, most: int
) -> Sequence[UnreachableNumber]:
    """The latest first; only those of one code if it is given."""
    asked = {"organization_id": organization_id, "code": code, "most": most}
    return [UnreachableNumber(**row) for row in (await connection.execute(_LIST, asked)).mappings()]


async def count_unreachable(connection: AsyncConnection, organization_id: UUID) -> Sequence[UnreachableCount]:
    """How many there are, by channel and code; the most first."""
    rows = await connection.execute(_COUNTS, {"organization_id": organization_id})
    return [UnreachableCount(**row) for row in rows.mappings()]
