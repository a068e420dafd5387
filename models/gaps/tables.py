"""When the receiver was last alive, and until when each organization's inbound messages are all with us."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, SmallInteger
from sqlmodel import Field, SQLModel

from models.columns import moment


class ReceiverBeat(SQLModel, table=True):
    """The one row by which the API says that it can take webhooks; `up_since`: without a break since then."""

    __tablename__ = "receiver_beats"

    id: int = Field(default=1, sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    beat_at: datetime = moment(required=True)
    up_since: datetime = moment(required=True)


class InboundCheck(SQLModel, table=True):
    """What Twilio's list was last compared with: inbound messages created before `complete_until` are all here."""

    __tablename__ = "inbound_checks"

    organization_id: UUID = Field(foreign_key="organizations.id", primary_key=True)
    complete_until: datetime = moment(required=True)
    checked_at: datetime = moment(required=True)
