"""Appointments as clients send and get them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, model_validator

from api.v1.contact_shapes import Timezone
from api.v1.values import Given, IntegerId, Moment, Name, Phone, Scalar, Shown, example
from models.appointments.booking import Booking, Person
from models.appointments.changing import Change
from models.appointments.tables import AppointmentState

_MOST_ATTRIBUTES = 100
_MOST_AT_ONCE = 1_000
_PERSON = {"contact_id", "phone"}

ExternalId = Annotated[Name, Field(description="What your calendar calls it; one of each.", examples=["A-1"])]


class AppointmentChanges(Given):
    """What is named is changed; what is not named stays as it is."""

    model_config = example(starts_at="2026-11-27T09:00:00-05:00")

    contact_id: IntegerId | None = Field(default=None, examples=[4711])
    phone: Phone | None = None
    starts_at: Moment | None = Field(
        default=None, description="Moved, an appointment that was confirmed is to be confirmed again."
    )
    timezone: Timezone | None = Field(
        default=None, description="Where it is kept; reminders tell its time there.", examples=["America/New_York"]
    )
    kind: Name | None = Field(default=None, examples=["checkup"])
    place: Name | None = Field(default=None, description="null takes it away.", examples=["Room 2"])
    attributes: dict[Name, Scalar] = Field(
        default={}, max_length=_MOST_ATTRIBUTES, description="Laid over those there are; null takes one away."
    )
    state: AppointmentState | None = None

    @model_validator(mode="after")
    def _one_person(self) -> "AppointmentChanges":
        if self.contact_id is not None and self.phone is not None:
            raise ValueError("Name the person by contact_id or by phone, not by both")
        return self

    @property
    def person(self) -> Person | None:
        """Whose appointment it is, where that is named."""
        return self.phone if self.contact_id is None else self.contact_id

    def to_booking(self, external_id: str) -> Booking:
        """Only what the client named."""
        named = self.model_dump(include=self.model_fields_set - _PERSON - {"external_id"})
        change: Change = {"external_id": external_id}
        change.update({name: value for name, value in named.items() if value is not None or name == "place"})  # type: ignore[typeddict-item]  # names of the shape above
        return Booking(change, self.person)


class AppointmentGiven(AppointmentChanges):
    """An appointment to make, or to change if there is one of this external_id."""

    model_config = example(
        external_id="A-1",
        phone="+12025550123",
        starts_at="2026-11-27T09:00:00-05:00",
        timezone="America/New_York",
        kind="checkup",
        place="Room 2",
    )

    external_id: ExternalId


class BulkAppointments(Given):
    """Many appointments, each with a result of its own."""

    model_config = example(
        appointments=[
            {
                "external_id": "A-1",
                "phone": "+12025550123",
                "starts_at": "2026-11-27T09:00:00-05:00",
                "timezone": "America/New_York",
            }
        ]
    )

    appointments: list[AppointmentGiven] = Field(min_length=1, max_length=_MOST_AT_ONCE)


class AppointmentShown(Shown):
    """An appointment."""

    id: int
    external_id: str
    contact_id: int
    phone: str = Field(description="The contact's, in E.164.", examples=["+12025550123"])
    first_name: str | None
    last_name: str | None
    starts_at: datetime
    timezone: str
    kind: str
    place: str | None
    attributes: dict[str, Any]
    state: str = Field(examples=["booked"])
    created_at: datetime
    updated_at: datetime
    next_reminder_at: datetime | None
    reminded: str | None = Field(
        description="What became of the last reminder that was due, a state of /reminders.", examples=["delivered"]
    )
    reminded_at: datetime | None = Field(description="When it was sent; when it was due, if it was not.")
    answer: str | None = Field(
        description="What the person answered last: confirmed, reschedule_requested or canceled.",
        examples=["reschedule_requested"],
    )
    answered_at: datetime | None


class UnconfirmedShown(AppointmentShown):
    """An appointment to call about."""

    wrote: str | None = Field(description="The last that the person wrote since the last reminder.")


class AppointmentBooked(Shown):
    """What became of one of many."""

    external_id: str
    outcome: str = Field(description="new, changed, unchanged or refused.", examples=["new"])
    id: int | None
    state: str | None
    reason: str | None = Field(description="Why it was refused.")


class AppointmentsBooked(Shown):
    """What became of each, in the order they were sent."""

    new: int
    changed: int
    unchanged: int
    refused: int
    data: list[AppointmentBooked]


class AppointmentEventShown(Shown):
    """One thing that happened to an appointment."""

    at: datetime
    what: str = Field(examples=["moved"])
    actor: str = Field(description="A user, an API key, a file or the person.")
    message_id: int | None = Field(description="The person's message that brought it about.")
    detail: dict[str, Any]


class AppointmentStory(Shown):
    """Everything that happened to an appointment, oldest first."""

    data: list[AppointmentEventShown]
