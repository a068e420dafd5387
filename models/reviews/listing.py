"""Reviews for people: what was written, and what is known of the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.reviews.tables import ReviewState

_LIST = text("""
    SELECT r.id, r.phone, r.contact_id, r.conversation_id, r.message_id, m.body, m.channel, r.why, r.state,
        r.opened_at, r.decided_at, r.decided_by,
        (SELECT count(*) FROM messages h
         WHERE h.contact_id = r.contact_id AND h.state = 'planned' AND h.held_for = 'in_review') AS held
    FROM consent_reviews r JOIN messages m ON m.id = r.message_id
    WHERE r.organization_id = :organization_id AND r.id > :after
        AND (CAST(:state AS text) IS NULL OR r.state = :state)
        AND (CAST(:id AS bigint) IS NULL OR r.id = :id)
    ORDER BY r.id
    LIMIT :most
""")

_OPEN = text("""
    SELECT count(*) FROM consent_reviews
    WHERE state = 'open' AND (CAST(:organization_id AS uuid) IS NULL OR organization_id = :organization_id)
""")


_HELD = text("""
    SELECT count(*) FROM messages
    WHERE campaign_run_id = :run_id AND state = 'planned' AND held_for = 'in_review'
""")


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review with the text in doubt; `held` messages wait for the decision."""

    id: int
    phone: str
    contact_id: int | None
    conversation_id: UUID | None
    message_id: int
    body: str | None
    channel: str
    why: str
    state: str
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    held: int


async def list_reviews(
    connection: AsyncConnection,
    organization_id: UUID,
    *,
    state: ReviewState | None = ReviewState.OPEN,
    after: int = 0,
    most: int,
) -> Sequence[ReviewLine]:
    """The oldest first, from above the id `after`; of every state with None."""
    asked = {"organization_id": organization_id, "state": state and state.value, "after": after, "id": None}
    rows = await connection.execute(_LIST, {**asked, "most": most})
    return [ReviewLine(**row) for row in rows.mappings()]


async def find_review(connection: AsyncConnection, organization_id: UUID, review_id: int) -> ReviewLine | None:
    """One review of the organization, whatever its state."""
    asked = {"organization_id": organization_id, "state": None, "after": 0, "id": review_id, "most": 1}
    row = (await connection.execute(_LIST, asked)).mappings().one_or_none()
    return ReviewLine(**row) if row else None


async def count_open(connection: AsyncConnection, organization_id: UUID | None = None) -> int:
    """How many wait for a decision, in one organization or in all."""
    return int((await connection.execute(_OPEN, {"organization_id": organization_id})).scalar_one())


async def count_held(connection: AsyncConnection, run_id: UUID) -> int:
    """How many messages of a run wait for a decision."""
    return int((await connection.execute(_HELD, {"run_id": run_id})).scalar_one())
