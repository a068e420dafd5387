"""Appointments, their story, and the files of a folder that were read."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import growing_id, json_map, moment


class AppointmentState(StrEnum):
    """How an appointment stands."""

    BOOKED = "booked"
    CONFIRMED = "confirmed"
    RESCHEDULE_REQUESTED = "reschedule_requested"
    CANCELED = "canceled"
    DONE = "done"
    MISSED = "missed"


OPEN_STATES = (AppointmentState.BOOKED, AppointmentState.CONFIRMED, AppointmentState.RESCHEDULE_REQUESTED)
"""The states in which the person is still expected."""


class Appointment(SQLModel, table=True):
    """When a contact is expected. `external_id` is what the organization's own calendar calls it.

    `timezone` (IANA) is that of the place where it is kept. `stated` is the state that a file last said: said once
    more, it is no news, and what the person answered since stays. None where no file ever held it.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        UniqueConstraint("organization_id", "external_id"),
        Index("ix_appointments_starts", "organization_id", "starts_at", "id"),
        Index("ix_appointments_contact", "contact_id"),
    )

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    external_id: str
    contact_id: int = Field(sa_column=Column(BigInteger, ForeignKey("contacts.id"), nullable=False))
    starts_at: datetime = moment(required=True)
    timezone: str
    kind: str
    place: str | None = None
    attributes: dict[str, Any] = json_map()
    state: str
    stated: str | None = None
    created_at: datetime = moment(required=True)
    updated_at: datetime = moment(required=True)


class AppointmentEvent(SQLModel, table=True):
    """One thing that happened to an appointment, never changed; `detail` tells from what to what.

    `message_id` is the person's message that brought it about, where one did.
    """

    __tablename__ = "appointment_events"
    __table_args__ = (
        Index("ix_appointment_events_appointment", "appointment_id", "id"),
        Index(
            "ix_appointment_events_message",
            "message_id",
            postgresql_where=text("message_id IS NOT NULL"),
        ),
    )

    id: int | None = growing_id()
    organization_id: UUID = Field(foreign_key="organizations.id")
    appointment_id: int = Field(sa_column=Column(BigInteger, ForeignKey("appointments.id"), nullable=False))
    what: str
    actor: str
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger, ForeignKey("messages.id")))
    detail: dict[str, Any] = json_map()
    at: datetime = moment(required=True)


class AppointmentQuestion(SQLModel, table=True):
    """That a person with several appointments was asked which one their `answer` is about, in the order told."""

    __tablename__ = "appointment_questions"

    contact_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    )
    organization_id: UUID = Field(foreign_key="organizations.id")
    answer: str
    appointment_ids: list[int] = Field(sa_column=Column(ARRAY(BigInteger), nullable=False))
    asked_at: datetime = moment(required=True)


class AppointmentFile(SQLModel, table=True):
    """A file of a watched folder that was read, by the SHA-256 of its content: it is read once."""

    __tablename__ = "appointment_files"

    organization_id: UUID = Field(foreign_key="organizations.id", primary_key=True)
    content_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    name: str
    outcome: str
    read_at: datetime = moment(required=True)
