"""Reminder rules as they were written, and every reminder with the instants at which it is due."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import growing_id, moment


class ReminderState(StrEnum):
    """How a reminder stands; `planned` has its message, whose state tells the rest."""

    WAITING = "waiting"
    PLANNED = "planned"
    OBSOLETE = "obsolete"
    EXPIRED = "expired"
    SKIPPED = "skipped"


class Occasion(StrEnum):
    """What a rule writes about: that an appointment comes, or that it was cancelled."""

    REMINDER = "reminder"
    CANCELLATION = "cancellation"


class ReminderRulesText(SQLModel, table=True):
    """The YAML text of an organization's reminder rules, and how often it has been replaced, from 1."""

    __tablename__ = "reminder_rules"

    organization_id: UUID = Field(foreign_key="organizations.id", primary_key=True)
    written: str
    version: int
    actor: str
    updated_at: datetime = moment(required=True)


class Reminder(SQLModel, table=True):
    """One message that a rule asks for, about an appointment at `starts_at`: there is never a second one.

    It becomes a message at `plan_at`, is to arrive from `due_at`, and is of no use at `send_before`. `plan_at` is
    `due_at`, but where Twilio keeps the message until then. `revision` counts how often it was taken back and
    came again, unsent each time.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("appointment_id", "rule", "occasion", "starts_at"),
        Index("ix_reminders_waiting", "plan_at", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_reminders_day", "organization_id", "due_at"),
        Index("ix_reminders_message", "message_id", postgresql_where=text("message_id IS NOT NULL")),
    )

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    appointment_id: int = Field(sa_column=Column(BigInteger, ForeignKey("appointments.id"), nullable=False))
    rule: str
    occasion: str
    rule_version: int
    starts_at: datetime = moment(required=True)
    plan_at: datetime = moment(required=True)
    due_at: datetime = moment(required=True)
    send_before: datetime = moment(required=True)
    state: str
    reason: str | None = None
    revision: int = Field(default=0, sa_column=Column(SmallInteger, nullable=False, server_default="0"))
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger, ForeignKey("messages.id")))
    created_at: datetime = moment(required=True)
    updated_at: datetime = moment(required=True)
