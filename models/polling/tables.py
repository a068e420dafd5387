"""How often a message's status was looked up, and until when each organization's prices are known."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, SmallInteger
from sqlmodel import Field, SQLModel

from models.columns import moment


class PriceCheck(SQLModel, table=True):
    """Messages that were sent before `complete_until` have what Twilio tells of their price and segments."""

    __tablename__ = "price_checks"

    organization_id: UUID = Field(foreign_key="organizations.id", primary_key=True)
    complete_until: datetime = moment(required=True)


class StatusPoll(SQLModel, table=True):
    """`looks`: how many of the times at which a message is looked up are behind it."""

    __tablename__ = "status_polls"

    message_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("messages.id"), primary_key=True, autoincrement=False)
    )
    looks: int = Field(sa_column=Column(SmallInteger, nullable=False))
    looked_at: datetime = moment(required=True)
