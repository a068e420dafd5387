"""The thread between one contact and one of our addresses on one channel."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import moment, new_id


class Mode(StrEnum):
    """Who answers what a person writes, beyond STOP, START and HELP.

    `auto`: the rules. `person`: somebody of ours writes, so the rules are silent. `studio`: a flow of Twilio
    Studio. `silent`: nobody; the other side looks like a machine.
    """

    AUTO = "auto"
    PERSON = "person"
    STUDIO = "studio"
    SILENT = "silent"


class Conversation(SQLModel, table=True):
    """One thread for each organization, contact, address of ours and channel.

    Past `mode_until` the mode is `auto` again, whatever `mode` says; `studio_flow` is the flow of mode `studio`.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("organization_id", "contact_id", "our_address", "channel"),
        Index("ix_conversations_latest", "organization_id", text("last_message_at DESC"), text("id DESC")),
        Index(
            "ix_conversations_unread",
            "organization_id",
            text("last_message_at DESC"),
            text("id DESC"),
            postgresql_where=text("unread > 0"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    contact_id: int = Field(sa_column=Column(BigInteger, ForeignKey("contacts.id"), nullable=False))
    our_address: str
    channel: str = "sms"
    preview: str = ""
    unread: int = 0
    last_inbound_at: datetime | None = moment()
    last_message_at: datetime | None = moment()
    mode: str = Field(default=Mode.AUTO, sa_column_kwargs={"server_default": "auto"})
    mode_until: datetime | None = moment()
    mode_reason: str | None = None
    studio_flow: str | None = None
    created_at: datetime = moment(required=True)
