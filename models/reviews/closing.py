"""Ends reviews: what was held for them is released, in the same statement."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.kinds import EventKind
from models.events.note import Happening, note_many
from models.reviews.tables import ReviewState

IN_REVIEW = "in_review"
"""What a message is `held_for`, and why it is skipped when nobody decided in time."""

BY_THE_PERSON = "the person"
"""Who decided, when the person said it in so many words meanwhile."""

# Messages are due at once: the claim judges them anew, with their quiet hours, caps and last moment.
_CLOSE = text("""
    WITH closed AS (
        UPDATE consent_reviews SET state = :state, decided_at = :now, decided_by = :decided_by
        WHERE organization_id = :organization_id AND phone = ANY(CAST(:phones AS text[])) AND state = 'open'
        RETURNING id, organization_id, phone, contact_id, conversation_id
    ),
    released AS (
        UPDATE consents c SET in_review = false FROM closed r
        WHERE c.organization_id = r.organization_id AND c.phone = r.phone AND c.in_review
    ),
    due AS (
        UPDATE messages m SET send_after = :now, held_for = NULL
        FROM closed r JOIN contacts ct ON ct.organization_id = r.organization_id AND ct.phone = r.phone
        WHERE m.contact_id = ct.id AND m.state = 'planned' AND m.held_for = :in_review
    )
    SELECT id, contact_id, conversation_id FROM closed
""")


async def close_reviews(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    phones: Sequence[str],
    state: ReviewState,
    decided_by: str,
    now: datetime,
) -> list[int]:
    """Ends the open reviews of some numbers; their ids. Marketing that was held is judged again at once.

    The ledger is for the caller: `state` only says what it was told.
    """
    values = {
        "organization_id": organization_id,
        "phones": list(phones),
        "state": state.value,
        "decided_by": decided_by,
        "in_review": IN_REVIEW,
        "now": now,
    }
    closed = (await connection.execute(_CLOSE, values)).all()
    told = [
        Happening(
            organization_id=organization_id,
            kind=EventKind.REVIEW_DECIDED,
            subject={
                "review_id": row.id,
                "contact_id": row.contact_id,
                "conversation_id": str(row.conversation_id),
                "state": state.value,
            },
        )
        for row in closed
    ]
    if told:
        await note_many(connection, told, now=now)
    return [row.id for row in closed]
