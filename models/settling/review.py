"""What a person must decide: messages whose fate Twilio's list does not tell, with what it does show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_REVIEWS = text("""
    SELECT m.id, m.phone, m.body, m.claimed_at,
        CASE WHEN NOT c.standing THEN c.name END AS campaign, s.evidence, s.looked_at
    FROM messages m
    JOIN settlements s ON s.message_id = m.id AND s.claim_id = m.claim_id
    LEFT JOIN campaign_runs r ON r.id = m.campaign_run_id LEFT JOIN campaigns c ON c.id = r.campaign_id
    WHERE m.organization_id = :organization_id AND m.state = 'unknown' AND s.verdict = 'review'
    ORDER BY m.claimed_at, m.id
    LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Review:
    """One message to decide on; `evidence`: Twilio's messages to its number that no row owns."""

    id: int
    phone: str
    body: str | None
    claimed_at: datetime
    campaign: str | None
    evidence: list[dict[str, Any]]
    looked_at: datetime


async def reviews(connection: AsyncConnection, *, organization_id: UUID, most: int) -> Sequence[Review]:
    """Those of the organization that have waited longest, at most so many."""
    rows = await connection.execute(_REVIEWS, {"organization_id": organization_id, "most": most})
    return [Review(**row) for row in rows.mappings()]
