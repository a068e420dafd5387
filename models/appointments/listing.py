"""Appointments for people who look: lists by time, one with its story."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.reminded import JOIN_REMINDED, REMINDED
from models.appointments.states import NoSuchAppointment

COLUMNS = f"""
    a.id, a.external_id, a.contact_id, c.phone, c.first_name, c.last_name, a.starts_at, a.timezone, a.kind,
    a.place, a.attributes, a.state, a.created_at, a.updated_at, {REMINDED}
"""

FROM = f"""
    FROM appointments a JOIN contacts c ON c.id = a.contact_id AND c.organization_id = a.organization_id
    {JOIN_REMINDED}
"""

_LINE = f"SELECT {COLUMNS} {FROM} WHERE a.organization_id = :organization_id"

_LIST = text(f"""
    {_LINE}
        AND (CAST(:since AS timestamptz) IS NULL OR a.starts_at >= :since)
        AND (CAST(:until AS timestamptz) IS NULL OR a.starts_at < :until)
        AND (CAST(:state AS text) IS NULL OR a.state = :state)
        AND (CAST(:kind AS text) IS NULL OR a.kind = :kind)
        AND (CAST(:contact_id AS bigint) IS NULL OR a.contact_id = :contact_id)
        AND (CAST(:after_start AS timestamptz) IS NULL
            OR (a.starts_at, a.id) > (CAST(:after_start AS timestamptz), CAST(:after_id AS bigint)))
    ORDER BY a.starts_at, a.id
    LIMIT CAST(:most AS bigint)
""")

_ONE = text(f"{_LINE} AND a.id = :id")
_NAMED = text(f"{_LINE} AND a.external_id = :external_id")

_STORY = text("""
    SELECT at, what, actor, message_id, detail FROM appointment_events
    WHERE appointment_id = :id AND organization_id = :organization_id
    ORDER BY id
""")


@dataclass(frozen=True, slots=True)
class AppointmentLine:
    """One appointment with its person, and how far the reminding of it is.

    `reminded` is what became of the last reminder that was due (`models.reminders.fates.Fate`), `reminded_at` when
    it was sent, or due if it was not; `answer` is what the person answered last: all about the start it has now.
    """

    id: int
    external_id: str
    contact_id: int
    phone: str
    first_name: str | None
    last_name: str | None
    starts_at: datetime
    timezone: str
    kind: str
    place: str | None
    attributes: Mapping[str, Any]
    state: str
    created_at: datetime
    updated_at: datetime
    next_reminder_at: datetime | None
    reminded: str | None
    reminded_at: datetime | None
    answer: str | None
    answered_at: datetime | None

    @property
    def name(self) -> str:
        """The person's name, as far as it is known."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One thing that happened to an appointment."""

    at: datetime
    what: str
    actor: str
    message_id: int | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which appointments: from `since`, before `until`, in a state, of a kind, of a contact; None for any."""

    since: datetime | None = None
    until: datetime | None = None
    state: str | None = None
    kind: str | None = None
    contact_id: int | None = None


Place = tuple[datetime, int]
"""Where a list goes on: start and id of the last one shown."""


async def list_appointments(
    connection: AsyncConnection,
    organization_id: UUID,
    wanted: Wanted,
    *,
    after: Place | None = None,
    most: int | None,
) -> Sequence[AppointmentLine]:
    """The organization's appointments that are wanted, by start."""
    asked = {
        "organization_id": organization_id,
        "since": wanted.since,
        "until": wanted.until,
        "state": wanted.state,
        "kind": wanted.kind,
        "contact_id": wanted.contact_id,
        "most": most,
        **place_after(after),
    }
    return [AppointmentLine(**row) for row in (await connection.execute(_LIST, asked)).mappings()]


async def load_appointment(
    connection: AsyncConnection, organization_id: UUID, appointment_id: int
) -> AppointmentLine:
    """One appointment of the organization by its id. Raises `NoSuchAppointment`."""
    asked = {"organization_id": organization_id, "id": appointment_id}
    row = (await connection.execute(_ONE, asked)).mappings().one_or_none()
    if row is None:
        raise NoSuchAppointment
    return AppointmentLine(**row)


async def find_appointment(
    connection: AsyncConnection, organization_id: UUID, external_id: str
) -> AppointmentLine | None:
    """One appointment of the organization by the name that its calendar gives it."""
    asked = {"organization_id": organization_id, "external_id": external_id}
    row = (await connection.execute(_NAMED, asked)).mappings().one_or_none()
    return AppointmentLine(**row) if row else None


async def read_story(
    connection: AsyncConnection, organization_id: UUID, appointment_id: int
) -> Sequence[StoryLine]:
    """What happened to an appointment, oldest first."""
    asked = {"organization_id": organization_id, "id": appointment_id}
    return [StoryLine(**row) for row in (await connection.execute(_STORY, asked)).mappings()]


def place_after(place: Place | None) -> dict[str, object]:
    """Where a list goes on, as the parameters of its query."""
    return {"after_start": place[0] if place else None, "after_id": place[1] if place else None}
