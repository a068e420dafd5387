"""Who a message leaves from: a Messaging Service at Twilio and what it may be used for."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from models.columns import moment, new_id


class MessageType(StrEnum):
    """What a message is for; consent and senders are kept apart by it."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"


class SenderState(StrEnum):
    """Whether a sender may be used now."""

    ACTIVE = "active"
    PAUSED = "paused"
    RETIRED = "retired"


class Sender(SQLModel, table=True):
    """A Messaging Service (`address` is its MG… SID) with one purpose and a rate in SMS segments per second."""

    __tablename__ = "senders"
    __table_args__ = (UniqueConstraint("organization_id", "purpose", "address"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    purpose: str
    address: str = Field(index=True)
    channel: str = "sms"
    rate: float
    state: str = SenderState.ACTIVE
    state_reason: str | None = None
    created_at: datetime = moment(required=True)


class CountryPause(SQLModel, table=True):
    """A country that a sender may not send to until someone has mended what `reason` says."""

    __tablename__ = "country_pauses"

    sender_id: UUID = Field(foreign_key="senders.id", primary_key=True)
    country: str = Field(primary_key=True)
    reason: str
    paused_at: datetime = moment(required=True)


async def load_sender(connection: AsyncConnection, sender_id: UUID) -> Sender:
    """The sender as it stands now. Raises `sqlalchemy.exc.NoResultFound` when there is none."""
    found = await connection.execute(text("SELECT * FROM senders WHERE id = :id"), {"id": sender_id})
    return Sender(**found.mappings().one())
