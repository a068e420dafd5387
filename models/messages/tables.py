"""Every message in and out, and every status event that Twilio reported of one."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from messaging.statuses import MessageState
from models.columns import growing_id, moment

MESSAGE_STATE = Enum(
    MessageState, name="message_state", values_callable=lambda states: [state.value for state in states]
)


class Direction(StrEnum):
    """Which way a message went, seen from us."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class SkipReason(StrEnum):
    """Why a member of the audience was not sent to."""

    NO_CONSENT = "no_consent"
    OPTED_OUT = "opted_out"
    STALE_CONSENT = "stale_consent"
    SOFT_OPT_IN_NOT_ALLOWED = "soft_opt_in_not_allowed"
    UNCONFIRMED_CONSENT = "unconfirmed_consent"
    BODY_TOO_LONG = "body_too_long"
    EMPTY_BODY = "empty_body"
    BODY_NOT_RENDERED = "body_not_rendered"
    PERSONAL_DATA = "personal_data"
    WHATSAPP_WINDOW_CLOSED = "whatsapp_window_closed"
    FREQUENCY_CAP = "frequency_cap"
    ATTEMPT_CAP = "attempt_cap"
    UNREACHABLE_NUMBER = "unreachable_number"
    SENDER_NOT_ALLOWED = "sender_not_allowed"
    IN_REVIEW = "in_review"
    QUIET_HOURS = "quiet_hours"


def _small(*, default: int | None = None) -> Any:
    nullable = default is None
    column: Column[int] = Column(
        SmallInteger, nullable=nullable, server_default=None if nullable else str(default)
    )
    return Field(default=default, sa_column=column)


class Message(SQLModel, table=True):
    """One message. `phone` is the person's number; `our_address` the number or service on our side.

    The state only grows (`messaging.statuses`), but for a claim that is given back. A `skipped` row has its
    reason; a `failed` one says whether Twilio refused the `request` or the `delivery` failed. `attempted_at` is
    the business time of its last claim; `claimed_at` is the database's, as leases are.
    The words of a `sensitive` one are in `secret_body` while it may still be sent; `body` only stands for them.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("organization_id", "dedupe_key"),
        UniqueConstraint("twilio_sid"),
        Index(
            "ix_messages_due",
            "campaign_run_id",
            "send_after",
            "id",
            postgresql_where=text("state = 'planned'"),
        ),
        Index(
            "ix_messages_run",
            "campaign_run_id",
            "state",
            postgresql_where=text("campaign_run_id IS NOT NULL"),
        ),
        Index(
            "ix_messages_open",
            "phone",
            postgresql_where=text("state IN ('claimed', 'unknown')"),
        ),
        Index(
            "ix_messages_thread",
            "conversation_id",
            "id",
            postgresql_where=text("conversation_id IS NOT NULL"),
        ),
        Index(
            "ix_messages_ended",
            "campaign_run_id",
            "updated_at",
            "state",
            postgresql_where=text("state IN ('delivered', 'read', 'undelivered', 'failed')"),
        ),
        Index("ix_messages_attempted", "attempted_at", postgresql_using="brin"),
        Index(
            "ix_messages_contact",
            "contact_id",
            "id",
            postgresql_where=text("contact_id IS NOT NULL"),
        ),
        Index(
            "ix_messages_appointment",
            "appointment_id",
            postgresql_where=text("appointment_id IS NOT NULL"),
        ),
        Index("ix_messages_withdrawn", "send_before", postgresql_where=text("withdrawn")),
        Index(
            "ix_messages_scheduled",
            "organization_id",
            "send_at_twilio",
            postgresql_where=text("state = 'scheduled'"),
        ),
    )

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    direction: str
    state: MessageState = Field(sa_column=Column(MESSAGE_STATE, nullable=False))
    phone: str
    country: str | None = None
    our_address: str | None = None
    channel: str = "sms"
    message_type: str | None = None
    topic: str = Field(default="", sa_column_kwargs={"server_default": ""})
    contact_id: int | None = Field(default=None, sa_column=Column(BigInteger, ForeignKey("contacts.id")))
    sender_id: UUID | None = Field(default=None, foreign_key="senders.id")
    campaign_run_id: UUID | None = Field(default=None, foreign_key="campaign_runs.id")
    conversation_id: UUID | None = Field(default=None, foreign_key="conversations.id")
    appointment_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    """What it reminds of; not a reference, for it stays when the appointment has gone."""
    dedupe_key: bytes | None = Field(default=None, sa_column=Column(LargeBinary))

    body: str | None = None
    own_body: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    sensitive: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    secret_body: str | None = None
    media: list[dict[str, str]] | None = Field(default=None, sa_column=Column(JSONB))
    encoding: str | None = None
    segments: int | None = _small()

    send_after: datetime | None = moment()
    send_before: datetime | None = moment()
    allowed_until: datetime | None = moment()
    """The end of the local hours in which it was claimed; none where no hours hold."""
    held_for: str | None = None
    """What a planned message waits for until its `send_after`, if it is not its turn alone."""
    withdrawn: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """Nobody wants it sent any more: it is canceled as soon as that can be."""
    send_at_twilio: datetime | None = moment()
    """When Twilio is to send it, which keeps it until then; none where we keep it ourselves."""
    claim_id: UUID | None = None
    claimed_at: datetime | None = moment()
    attempted_at: datetime | None = moment()
    lease_until: datetime | None = moment()
    attempt: int = _small(default=1)
    tries: int = _small(default=0)

    twilio_sid: str | None = None
    account_sid: str | None = None
    http_status: int | None = _small()
    request_id: str | None = None
    answered_at: datetime | None = moment()
    cause: str | None = None
    traceparent: str | None = None
    """The trace that a direct message belongs to, as W3C Trace Context writes it."""
    skip_reason: str | None = None
    failed_at: str | None = None
    error_code: int | None = None
    price: Decimal | None = None
    price_unit: str | None = None

    created_at: datetime = moment(required=True)
    updated_at: datetime = moment(required=True)


class MessageEvent(SQLModel, table=True):
    """A status that Twilio reported, kept for good; the same one twice is one row."""

    __tablename__ = "message_events"
    __table_args__ = (
        UniqueConstraint("twilio_sid", "status"),
        Index("ix_message_events_message", "message_id"),
    )

    id: int | None = growing_id()
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger, ForeignKey("messages.id")))
    twilio_sid: str
    account_sid: str | None = None
    status: str
    error_code: int | None = None
    received_at: datetime = moment(required=True)
