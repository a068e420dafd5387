"""A doubtful text is put before a person, and the number's marketing waits until they decide."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.kinds import EventKind
from models.events.note import note
from models.senders import MessageType

# Who has said no to everything needs no decision. Of two doubtful texts at once, one opens the review.
_OPEN = text("""
    INSERT INTO consent_reviews (organization_id, phone, contact_id, conversation_id, message_id, why, state,
                                 opened_at)
    SELECT :organization_id, :phone, :contact_id, :conversation_id, :message_id, :why, 'open', :now
    WHERE :types > (
        SELECT count(*) FROM consents
        WHERE organization_id = :organization_id AND phone = :phone AND topic = '' AND channel = 'sms'
            AND state = 'opted_out')
    ON CONFLICT (organization_id, phone) WHERE state = 'open' DO NOTHING
    RETURNING id
""")

_HOLD = text("""
    UPDATE consents SET in_review = true
    WHERE organization_id = :organization_id AND phone = :phone AND message_type = 'marketing' AND NOT in_review
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A stored message that may be a refusal, and the phrase that says so (`messaging.refusals`)."""

    organization_id: UUID
    phone: str
    contact_id: int
    conversation_id: UUID
    message_id: int
    why: str


async def open_review(connection: AsyncConnection, doubt: Doubt, *, now: datetime) -> int | None:
    """Opens a review and holds the number's marketing; the review's id.

    None when one is open already: the person who decides reads the whole conversation. Consents that come while
    it is open are held too, by a trigger of the database.
    """
    whose = {"organization_id": doubt.organization_id, "phone": doubt.phone}
    about = {
        "contact_id": doubt.contact_id,
        "conversation_id": doubt.conversation_id,
        "message_id": doubt.message_id,
        "why": doubt.why,
    }
    values = {**whose, **about, "types": len(MessageType), "now": now}
    review_id: int | None = (await connection.execute(_OPEN, values)).scalar_one_or_none()
    if review_id is not None:
        await connection.execute(_HOLD, whose)
        await _tell(connection, doubt, review_id, now=now)
    return review_id


async def _tell(connection: AsyncConnection, doubt: Doubt, review_id: int, *, now: datetime) -> None:
    await note(
        connection,
        organization_id=doubt.organization_id,
        kind=EventKind.REVIEW_OPENED,
        subject={
            "review_id": review_id,
            "contact_id": doubt.contact_id,
            "conversation_id": str(doubt.conversation_id),
            "message_id": doubt.message_id,
        },
        now=now,
    )
