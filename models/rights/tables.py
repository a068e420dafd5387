"""Who may never be taken in again, what was erased, and how far the retention has come."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from models.columns import json_map, moment, new_id


class Suppression(SQLModel, table=True):
    """A number that was erased, as its keyed hash (`messaging.number_hash`); `key_id` says by which key."""

    __tablename__ = "suppressions"
    __table_args__ = (Index("ix_suppressions_key", "organization_id", "key_id"),)

    organization_id: UUID = Field(foreign_key="organizations.id", primary_key=True)
    number_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    key_id: str
    suppressed_at: datetime = moment(required=True)


class Erasure(SQLModel, table=True):
    """The audit trail of one erasure: who, when, why, and counts of what went; never a number or a text.

    Without `finished_at` it was broken off: the same command goes on with it.
    """

    __tablename__ = "erasures"
    __table_args__ = (Index("ix_erasures_person", "organization_id", "number_hash"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    number_hash: bytes = Field(sa_type=LargeBinary)
    actor: str
    why: str
    at_twilio: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    counts: dict[str, Any] = json_map()
    requested_at: datetime = moment(required=True)
    finished_at: datetime | None = moment()


class RetentionMark(SQLModel, table=True):
    """How far an organization's messages were looked at: those up to this id are redacted or `PassedOver`."""

    __tablename__ = "retention_marks"

    organization_id: UUID = Field(foreign_key="organizations.id", primary_key=True)
    messages_to: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))


class PassedOver(SQLModel, table=True):
    """A message old enough to be redacted that may still be sent or settled; looked at again each time."""

    __tablename__ = "retention_passed_over"

    message_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("messages.id"), primary_key=True, autoincrement=False)
    )
    organization_id: UUID = Field(foreign_key="organizations.id", index=True)
