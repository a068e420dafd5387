"""The audit trail of erasures: how many rows went where, and when it was done."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_COUNT = text("""
    UPDATE erasures e SET counts = (
        SELECT jsonb_object_agg(name, COALESCE(CAST(e.counts ->> name AS bigint), 0)
                                      + COALESCE(CAST(CAST(:more AS jsonb) ->> name AS bigint), 0))
        FROM (SELECT jsonb_object_keys(e.counts || CAST(:more AS jsonb)) AS name) names)
    WHERE id = :id AND CAST(:more AS jsonb) <> '{}'
""")

_FINISH = text("UPDATE erasures SET finished_at = :now WHERE id = :id")

_LIST = text("""
    SELECT id, actor, why, at_twilio, counts, requested_at, finished_at FROM erasures
    WHERE organization_id = :organization_id ORDER BY requested_at DESC, id DESC LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """One erasure as it is listed; without `finished_at` it was broken off."""

    id: UUID
    actor: str
    why: str
    at_twilio: bool
    counts: dict[str, int]
    requested_at: datetime
    finished_at: datetime | None


async def count_more(connection: AsyncConnection, erasure_id: UUID, more: Mapping[str, int]) -> None:
    """Adds to the counts of an erasure, in the transaction of what is counted."""
    found = {name: count for name, count in more.items() if count}
    await connection.execute(_COUNT, {"id": erasure_id, "more": json.dumps(found)})


async def finish_erasure(connection: AsyncConnection, erasure_id: UUID, *, now: datetime) -> None:
    """Notes that everything is done."""
    await connection.execute(_FINISH, {"id": erasure_id, "now": now})


async def list_erasures(connection: AsyncConnection, organization_id: UUID, *, most: int) -> list[ErasureLine]:
    """The organization's erasures, newest first."""
    rows = await connection.execute(_LIST, {"organization_id": organization_id, "most": most})
    return [ErasureLine(**row) for row in rows.mappings()]
