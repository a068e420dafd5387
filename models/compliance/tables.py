"""The numbers and names that a sender sends from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, SmallInteger
from sqlmodel import Field, SQLModel

from models.columns import moment


class SenderNumberRow(SQLModel, table=True):
    """One number or name of a sender (`messaging.compliance.numbers.SenderNumber`), and who told it when."""

    __tablename__ = "sender_numbers"

    sender_id: UUID = Field(foreign_key="senders.id", primary_key=True)
    address: str = Field(primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    kind: str
    country: str | None = None
    registration: str
    brand: str | None = None
    campaign: str | None = None
    trust_score: int | None = Field(default=None, sa_column=Column(SmallInteger))
    low_volume: bool
    quality: str | None = None
    daily_people: int | None = None
    actor: str
    updated_at: datetime = moment(required=True)
