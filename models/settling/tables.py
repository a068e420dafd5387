"""What was found out about a lost answer, and who said so."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import moment


class Verdict(StrEnum):
    """Where the settling of one claim of a message stands."""

    WAITING = "waiting"
    REVIEW = "review"
    ADOPTED = "adopted"
    RESENT = "resent"
    GIVEN_UP = "given_up"


class Settlement(SQLModel, table=True):
    """The settling of one claim of one message. `evidence`: Twilio's messages that it rests on.

    `decided_by` is `settler`, or the person who decided.
    """

    __tablename__ = "settlements"

    message_id: int = Field(sa_column=Column(BigInteger, ForeignKey("messages.id"), primary_key=True))
    claim_id: UUID = Field(primary_key=True)
    verdict: str
    evidence: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default="[]")
    )
    looked_at: datetime = moment(required=True)
    look_again_at: datetime | None = moment()
    decided_by: str | None = None
