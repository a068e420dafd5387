"""The thread between one contact and one of our addresses."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import moment, new_id

PREVIEW_LENGTH = 100
MEDIA_PREVIEW = "[Media]"


class Conversation(SQLModel, table=True):
    """One thread for each organization, contact and address of ours."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("organization_id", "contact_id", "our_address"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    contact_id: int = Field(sa_column=Column(BigInteger, ForeignKey("contacts.id"), nullable=False))
    our_address: str
    channel: str = "sms"
    preview: str = ""
    unread: int = 0
    last_inbound_at: datetime | None = moment()
    last_message_at: datetime | None = moment()
    created_at: datetime = moment(required=True)
