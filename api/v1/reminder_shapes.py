"""Reminders and a day's figures of them, as clients get them."""

from datetime import date, datetime

from pydantic import Field

from api.v1.values import Shown


class ReminderShown(Shown):
    """One reminder of an appointment, or the notice that it was cancelled."""

    id: int
    appointment_id: int
    external_id: str
    contact_id: int
    timezone: str
    place: str | None
    rule: str = Field(examples=["day before"])
    occasion: str = Field(description="reminder, or cancellation for a notice.", examples=["reminder"])
    starts_at: datetime = Field(description="The start that it is about; the appointment may have moved since.")
    due_at: datetime
    send_before: datetime = Field(description="From then on it is of no use, and not sent.")
    state: str = Field(
        description="waiting, planned, scheduled (at Twilio), sent, delivered, not_delivered, skipped, expired or "
        "obsolete.",
        examples=["delivered"],
    )
    reason: str | None = Field(description="Why it was not sent or not delivered.")
    message_id: int | None
    planned_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    answer: str | None = Field(
        description="What was said since it was sent: confirmed, reschedule_requested or canceled.",
        examples=["confirmed"],
    )
    answered_at: datetime | None


class AppointmentReminders(Shown):
    """All reminders of an appointment."""

    data: list[ReminderShown]


class FiguresShown(Shown):
    """How many reminders ended how: `due` is `waiting`, `sent`, `not_delivered`, `expired` and `skipped` together.

    `sent` is `confirmed`, `reschedule_requested`, `canceled`, `moved`, `unanswered` and `told` (notices) together.
    """

    due: int
    waiting: int
    sent: int
    confirmed: int
    reschedule_requested: int
    canceled: int
    moved: int = Field(description="Not answered, about a start that the appointment has no more.")
    unanswered: int
    told: int
    not_delivered: int
    expired: int
    skipped: int
    obsolete: int = Field(description="Not needed any more before they were sent; not among those due.")


class ReportLineShown(Shown):
    """The figures of one rule at one place."""

    rule: str
    occasion: str
    place: str | None
    figures: FiguresShown


class BecauseShown(Shown):
    """How many were not sent, or not delivered, for one reason."""

    outcome: str = Field(examples=["skipped"])
    why: str
    reminders: int


class RemindersReportShown(Shown):
    """A day's reminders in figures."""

    day: date
    total: FiguresShown
    lines: list[ReportLineShown]
    reasons: list[BecauseShown]
