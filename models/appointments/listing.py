"""Appointments for people who look: lists by time, a day's unconfirmed, one with its story."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.states import NoSuchAppointment

_LINE = """
    SELECT a.id, a.external_id, a.contact_id, c.phone, c.first_name, c.last_name, a.starts_at, a.timezone, a.kind,
        a.place, a.attributes, a.state, a.created_at, a.updated_at
    FROM appointments a JOIN contacts c ON c.id = a.contact_id AND c.organization_id = a.organization_id
    WHERE a.organization_id = :organization_id
"""

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

# A day is that of the appointment's own place: its instants begin 14 hours before it in UTC and end 12 after it,
# and "tomorrow" may be a day before or after that of UTC.
_UNCONFIRMED = text(f"""
    {_LINE}
        AND a.state IN ('booked', 'reschedule_requested') AND a.starts_at > :now
        AND a.starts_at >= CAST(:day AS date) - interval '38 hours'
        AND a.starts_at < CAST(:day AS date) + interval '60 hours'
        AND (a.starts_at AT TIME ZONE a.timezone)::date = CASE
            WHEN CAST(:ahead AS integer) IS NULL THEN CAST(:day AS date)
            ELSE (CAST(:now AS timestamptz) AT TIME ZONE a.timezone)::date + CAST(:ahead AS integer) END
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
    """One appointment with its person."""

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
        **_after(after),
    }
    return [AppointmentLine(**row) for row in (await connection.execute(_LIST, asked)).mappings()]


async def list_unconfirmed(
    connection: AsyncConnection,
    organization_id: UUID,
    day: date | int,
    *,
    now: datetime,
    after: Place | None = None,
    most: int | None,
) -> Sequence[AppointmentLine]:
    """Who is still expected on a day and has not confirmed, by start.

    The day is that of the appointment's own zone: a date, or how many days ahead (1 is tomorrow there).
    """
    ahead = day if isinstance(day, int) else None
    date_in_utc = now.astimezone(UTC).date() + timedelta(days=day) if isinstance(day, int) else day
    asked = {
        "organization_id": organization_id,
        "day": date_in_utc,
        "ahead": ahead,
        "now": now,
        "most": most,
        **_after(after),
    }
    return [AppointmentLine(**row) for row in (await connection.execute(_UNCONFIRMED, asked)).mappings()]


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


def _after(place: Place | None) -> dict[str, object]:
    return {"after_start": place[0] if place else None, "after_id": place[1] if place else None}
