"""An organization's rules for automatic replies, and the replies that wait for somebody else's answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, SmallInteger, text
from sqlmodel import Field, SQLModel

from models.columns import growing_id, moment


class StoredRules(SQLModel, table=True):
    """The YAML text of an organization's rules, as it was loaded."""

    __tablename__ = "reply_rules"

    organization_id: UUID = Field(foreign_key="organizations.id", primary_key=True)
    source: str
    loaded_at: datetime = moment(required=True)


class ReplyLookup(SQLModel, table=True):
    """An inbound message that is handled but for its look-up: `word` names the rule. Gone once it is answered."""

    __tablename__ = "reply_lookups"

    message_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("messages.id"), primary_key=True, autoincrement=False)
    )
    organization_id: UUID = Field(foreign_key="organizations.id")
    word: str
    created_at: datetime = moment(required=True)


class StudioStart(SQLModel, table=True):
    """A conversation to be handed to a flow of Twilio Studio: `waiting`, `started` or `failed`."""

    __tablename__ = "studio_starts"
    __table_args__ = (
        Index("ix_studio_starts_due", "next_try_at", "id", postgresql_where=text("next_try_at IS NOT NULL")),
    )

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    conversation_id: UUID = Field(foreign_key="conversations.id")
    flow_sid: str
    state: str
    execution_sid: str | None = None
    error: str | None = None
    tries: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False, server_default="0"))
    next_try_at: datetime | None = moment()
    created_at: datetime = moment(required=True)
