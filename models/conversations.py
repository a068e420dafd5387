"""The thread between one contact and one of our addresses."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncConnection
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


_ADD_INBOUND = text("""
    INSERT INTO conversations AS thread (id, organization_id, contact_id, our_address, channel, preview, unread,
                                         last_inbound_at, last_message_at, created_at)
    VALUES (:id, :organization_id, :contact_id, :our_address, :channel, :preview, 1, :now, :now, :now)
    ON CONFLICT (organization_id, contact_id, our_address) DO UPDATE
    SET unread = thread.unread + 1,
        preview = CASE WHEN thread.last_message_at > EXCLUDED.last_message_at THEN thread.preview
                       ELSE EXCLUDED.preview END,
        last_inbound_at = GREATEST(thread.last_inbound_at, EXCLUDED.last_inbound_at),
        last_message_at = GREATEST(thread.last_message_at, EXCLUDED.last_message_at)
    RETURNING id
""")


def preview_of(body: str) -> str:
    """The first 100 characters of a body, or what stands for media without text."""
    return body.strip()[:PREVIEW_LENGTH] or MEDIA_PREVIEW


async def add_inbound(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    contact_id: int,
    our_address: str,
    channel: str,
    body: str,
    now: datetime,
) -> UUID:
    """Finds or opens the thread of a contact and one of our addresses; counts one more unread message in it."""
    values = {
        "id": new_id(),
        "organization_id": organization_id,
        "contact_id": contact_id,
        "our_address": our_address,
        "channel": channel,
        "preview": preview_of(body),
        "now": now,
    }
    return UUID(str((await connection.execute(_ADD_INBOUND, values)).scalar_one()))
