"""Whom the front desk calls: a day's appointments that nobody confirmed, and what is known of the asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.listing import COLUMNS, FROM, AppointmentLine, Place, place_after

# A day is that of the appointment's own place: its instants begin 14 hours before it in UTC and end 12 after it,
# and "tomorrow" may be a day before or after that of UTC.
_UNCONFIRMED = text(f"""
    SELECT {COLUMNS}, (
        SELECT m.body FROM messages m
        WHERE m.contact_id = a.contact_id AND m.organization_id = a.organization_id AND m.direction = 'inbound'
            AND m.created_at >= reminders.reminded_at
        ORDER BY m.id DESC LIMIT 1) AS wrote
    {FROM}
    WHERE a.organization_id = :organization_id
        AND a.state IN ('booked', 'reschedule_requested') AND a.starts_at > :now
        AND a.starts_at >= CAST(:day AS date) - interval '38 hours'
        AND a.starts_at < CAST(:day AS date) + interval '60 hours'
        AND (a.starts_at AT TIME ZONE a.timezone)::date = CASE
            WHEN CAST(:ahead AS integer) IS NULL THEN CAST(:day AS date)
            ELSE (CAST(:now AS timestamptz) AT TIME ZONE a.timezone)::date + CAST(:ahead AS integer) END
        AND (CAST(:place AS text) IS NULL OR a.place = :place)
        AND (CAST(:after_start AS timestamptz) IS NULL
            OR (a.starts_at, a.id) > (CAST(:after_start AS timestamptz), CAST(:after_id AS bigint)))
    ORDER BY a.starts_at, a.id
    LIMIT CAST(:most AS bigint)
""")  # noqa: S608 (only texts of ours are put in)


@dataclass(frozen=True, slots=True)
class Unconfirmed(AppointmentLine):
    """One to call about; `wrote` is the last that the person wrote since the last reminder."""

    wrote: str | None


async def list_unconfirmed(
    connection: AsyncConnection,
    organization_id: UUID,
    day: date | int,
    *,
    now: datetime,
    place: str | None = None,
    after: Place | None = None,
    most: int | None,
) -> Sequence[Unconfirmed]:
    """Who is still expected on a day, at a place or at any, and has not confirmed, by start.

    The day is that of the appointment's own zone: a date, or how many days ahead (1 is tomorrow there).
    """
    date_in_utc = now.astimezone(UTC).date() + timedelta(days=day) if isinstance(day, int) else day
    asked = {
        "organization_id": organization_id,
        "day": date_in_utc,
        "ahead": day if isinstance(day, int) else None,
        "now": now,
        "place": place,
        "most": most,
        **place_after(after),
    }
    return [Unconfirmed(**row) for row in (await connection.execute(_UNCONFIRMED, asked)).mappings()]
