"""Who a message leaves from: a Messaging Service at Twilio and what it may be used for."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from messaging.errors import TidingsError
from models.columns import labels, moment, new_id
from models.organizations import DEFAULT_SLUG, load_organization


class MessageType(StrEnum):
    """What a message is for; consent and senders are kept apart by it."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"


class SenderState(StrEnum):
    """Whether a sender may be used now."""

    ACTIVE = "active"
    PAUSED = "paused"
    RETIRED = "retired"


class Channel(StrEnum):
    """The way a message goes; consent is kept apart by it."""

    SMS = "sms"
    WHATSAPP = "whatsapp"


class Sender(SQLModel, table=True):
    """Who messages of one purpose and channel leave from, with a rate in SMS segments per second.

    `address` is a Messaging Service's MG… SID, or for WhatsApp a number in E.164, which may serve both purposes.
    `rate` is what was asked for (`asked_rate`), but no more than the `throughput` of its numbers, where that is
    known; `refused_countries` are those that none of them may send to (`models.compliance`).
    """

    __tablename__ = "senders"
    __table_args__ = (UniqueConstraint("organization_id", "purpose", "channel", "address"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    purpose: str
    address: str = Field(index=True)
    channel: str = Channel.SMS
    rate: float
    asked_rate: float | None = None
    throughput: float | None = None
    refused_countries: list[str] = labels()
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


class NoSender(TidingsError):
    """The organization has nothing that messages of this purpose and channel could leave from."""


_SENDER_FOR = text("""
    SELECT * FROM senders
    WHERE organization_id = :organization_id AND purpose = :purpose AND channel = :channel AND state <> 'retired'
    ORDER BY id LIMIT 1
""")


async def sender_for(
    connection: AsyncConnection, *, organization_id: UUID, purpose: str, channel: str = Channel.SMS
) -> Sender:
    """The organization's sender of a purpose and channel, so that marketing never takes the transactional one.

    It may be paused. Raises `NoSender`.
    """
    asked = {"organization_id": organization_id, "purpose": purpose, "channel": channel}
    row = (await connection.execute(_SENDER_FOR, asked)).mappings().one_or_none()
    if row is not None:
        return Sender(**row)
    raise await no_sender(connection, organization_id=organization_id, purpose=purpose, channel=channel)


async def no_sender(connection: AsyncConnection, *, organization_id: UUID, purpose: str, channel: str) -> NoSender:
    """The error for a missing sender; it says how this organization gets one."""
    organization = await load_organization(connection, organization_id)
    is_whatsapp = channel == Channel.WHATSAPP
    what = f"{'WhatsApp number' if is_whatsapp else 'Messaging Service'} for {purpose} messages"
    if organization.slug == DEFAULT_SLUG:
        setting = "TWILIO_WHATSAPP_NUMBER" if is_whatsapp else f"TWILIO_MESSAGING_SERVICE_{purpose.upper()}"
        return NoSender(f"There is no {what}; set {setting} and restart `tidings up`.")
    option = "--whatsapp +…" if is_whatsapp else f"--{purpose} MG…"
    command = f"tidings organization set {organization.slug} {option}"
    return NoSender(f'Organization "{organization.slug}" has no {what}; give it one with `{command}`.')


async def load_sender(connection: AsyncConnection, sender_id: UUID) -> Sender:
    """The sender as it stands now. Raises `sqlalchemy.exc.NoResultFound` when there is none."""
    found = await connection.execute(text("SELECT * FROM senders WHERE id = :id"), {"id": sender_id})
    return Sender(**found.mappings().one())
