"""The reminders of an appointment, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.messages.skip_reasons import in_words
from models.reminders.fates import ANSWER, FATE, MESSAGE, WHY, Fate

LINE = f"""
    SELECT r.id, r.appointment_id, a.external_id, a.timezone, a.place, a.contact_id, r.rule, r.occasion,
        r.starts_at, r.due_at, r.send_before, {FATE} AS fate, {WHY} AS why, r.message_id,
        CASE WHEN m.state <> 'canceled' THEN m.created_at END AS planned_at, left_us.sent_at,
        (SELECT min(e.received_at) FROM message_events e
         WHERE e.message_id = m.id AND e.status IN ('delivered', 'read')) AS delivered_at,
        CASE WHEN said.at >= left_us.sent_at THEN said.what END AS answer,
        CASE WHEN said.at >= left_us.sent_at THEN said.at END AS answered_at
    FROM reminders r JOIN appointments a ON a.id = r.appointment_id AND a.organization_id = r.organization_id
    {MESSAGE} {ANSWER}
    WHERE r.organization_id = :organization_id
"""  # noqa: S608 (only texts of ours are put in)

_OF_ONE = text(f"{LINE} AND r.appointment_id = :appointment_id ORDER BY r.due_at, r.id")


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """One reminder. It is about the appointment at `starts_at`, which may start at another time by now.

    `occasion` is `reminder`, or `cancellation` for a notice. `answer` is what was said since it was sent:
    confirmed, reschedule_requested or canceled. Times are of business.
    """

    id: int
    appointment_id: int
    external_id: str
    timezone: str
    place: str | None
    contact_id: int
    rule: str
    occasion: str
    starts_at: datetime
    due_at: datetime
    send_before: datetime
    fate: str
    why: str | None
    message_id: int | None
    planned_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    answer: str | None
    answered_at: datetime | None

    @property
    def state(self) -> str:
        """What became of it: a `models.reminders.fates.Fate`."""
        return Fate(self.fate).value

    @property
    def reason(self) -> str | None:
        """Why it was not sent or not delivered, in a sentence; None when it was."""
        return None if self.why is None else in_words(self.why) or self.why


async def read_reminders(
    connection: AsyncConnection, organization_id: UUID, appointment_id: int
) -> Sequence[ReminderLine]:
    """The reminders of an appointment of the organization, also those of other starts, by when they are due."""
    asked = {"organization_id": organization_id, "appointment_id": appointment_id}
    return [ReminderLine(**row) for row in (await connection.execute(_OF_ONE, asked)).mappings()]
