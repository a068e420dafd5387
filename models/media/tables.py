"""Each picture, recording or file of an inbound message, and what became of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import growing_id, moment


class MediumState(StrEnum):
    """`refused`: its type or size is not allowed; `failed`: Twilio did not give it; neither is tried again.

    `removed`: it was stored, and its time was over (`tasks.retaining`).
    """

    WAITING = "waiting"
    STORED = "stored"
    REFUSED = "refused"
    FAILED = "failed"
    REMOVED = "removed"


class InboundMedium(SQLModel, table=True):
    """One medium of a message, by its place there (MediaUrl0 is place 0).

    `declared_type` is what Twilio said, `content_type` what the bytes show; `path` is within the media store,
    `size` in bytes. `next_try_at` is set while something is to be done: fetching, or deleting it at Twilio
    (asked at `delete_asked_at`, done at `deleted_at`; our copy stays).
    """

    __tablename__ = "inbound_media"
    __table_args__ = (
        UniqueConstraint("message_id", "place"),
        Index("ix_inbound_media_due", "next_try_at", "id", postgresql_where=text("next_try_at IS NOT NULL")),
    )

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    message_id: int = Field(sa_column=Column(BigInteger, ForeignKey("messages.id"), nullable=False))
    place: int = Field(sa_column=Column(SmallInteger, nullable=False))
    url: str
    declared_type: str
    state: str = MediumState.WAITING
    content_type: str | None = None
    size: int | None = Field(default=None, sa_column=Column(BigInteger))
    sha256: str | None = None
    path: str | None = None
    error: str | None = None
    tries: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False, server_default="0"))
    next_try_at: datetime | None = moment()
    delete_asked_at: datetime | None = moment()
    deleted_at: datetime | None = moment()
    created_at: datetime = moment(required=True)
    updated_at: datetime = moment(required=True)
