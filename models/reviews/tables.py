"""Texts that may be a refusal, one open for each number, and what was decided."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from models.columns import growing_id, moment

OPEN = text("state = 'open'")


class ReviewState(StrEnum):
    """Waiting for a person, or what came of it."""

    OPEN = "open"
    OPTED_OUT = "opted_out"
    KEPT = "kept"


class ConsentReview(SQLModel, table=True):
    """A doubtful text, `message_id`, and `why` it is doubtful.

    While one is open `consents.in_review` is true on the number's marketing, and no other is opened for it.
    `decided_by` is a user, an API key, or "the person" who said STOP or the like meanwhile.
    """

    __tablename__ = "consent_reviews"
    __table_args__ = (
        Index("uq_consent_reviews_open", "organization_id", "phone", unique=True, postgresql_where=OPEN),
        Index("ix_consent_reviews_organization", "organization_id", "id"),
        Index("ix_consent_reviews_phone", "organization_id", "phone"),
    )

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    phone: str
    contact_id: int | None = Field(default=None, sa_column=Column(BigInteger, ForeignKey("contacts.id")))
    conversation_id: UUID | None = Field(default=None, foreign_key="conversations.id")
    message_id: int = Field(sa_column=Column(BigInteger, ForeignKey("messages.id"), nullable=False))
    why: str
    state: str = ReviewState.OPEN
    opened_at: datetime = moment(required=True)
    decided_at: datetime | None = moment()
    decided_by: str | None = None
