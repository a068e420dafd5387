"""Whom the front desk calls: tomorrow's unconfirmed, where the appointment is."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.changing import Change, apply_changes
from models.appointments.listing import Wanted, find_appointment, list_appointments
from models.appointments.unconfirmed import list_unconfirmed
from models.columns import new_id
from tests.integration.appointments.calendar import NOW, START, booked, changed
from tests.integration.appointments.filed import import_text
from tests.integration.reminders.noted import reminded

CALENDAR = """external_id,phone,starts_at,timezone,state
auckland,+12125550120,2026-03-03T00:30,Pacific/Auckland,
auckland late,+12125550121,2026-03-03T23:30,Pacific/Auckland,
honolulu,+12125550122,2026-03-02T23:30,Pacific/Honolulu,
new york,+12125550123,2026-03-02T09:00,America/New_York,
confirmed,+12125550124,2026-03-02T09:30,America/New_York,confirmed
cancelled,+12125550125,2026-03-02T10:00,America/New_York,canceled
asks,+12125550126,2026-03-02T10:30,America/New_York,reschedule requested
today,+12125550127,2026-03-01T22:00,America/New_York,
"""
PLACES = """external_id,phone,starts_at,timezone,place
A-1,+12125550120,2026-03-02T09:00,America/New_York,Room 1
A-2,+12125550121,2026-03-02T09:00,America/New_York,Room 2
A-3,+12125550122,2026-03-02T10:00,America/New_York,Room 2
A-4,+12125550123,2026-03-02T10:00,America/New_York,
"""
NIGHT = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)  # 1 March, 22:30 in New York; 2 March in Auckland

DAYS: list[tuple[str, date | int, list[str]]] = [
    ("tomorrow is each place's own", 1, ["auckland", "new york", "asks", "honolulu", "auckland late"]),
    ("a date is each place's own", date(2026, 3, 2), ["new york", "asks", "honolulu"]),
    ("nobody is called about what began", date(2026, 3, 1), []),
]


@pytest.mark.parametrize(("day", "expected"), [each[1:] for each in DAYS], ids=[each[0] for each in DAYS])
async def test_unconfirmed_of_a_day(
    connection: AsyncConnection, organization_id: UUID, tmp_path: Path, day: date | int, expected: list[str]
) -> None:
    await import_text(connection, tmp_path, CALENDAR)
    lines = await list_unconfirmed(connection, organization_id, day, now=NIGHT, most=None)
    assert [line.external_id for line in lines] == expected


async def test_pages_go_on_where_the_last_ended(
    connection: AsyncConnection, organization_id: UUID, tmp_path: Path
) -> None:
    await import_text(connection, tmp_path, CALENDAR)
    whole = await list_appointments(connection, organization_id, Wanted(), most=None)
    assert [line.starts_at for line in whole] == sorted(line.starts_at for line in whole)
    paged: list[str] = []
    after = None
    while page := await list_appointments(connection, organization_id, Wanted(), after=after, most=3):
        paged += [line.external_id for line in page]
        after = (page[-1].starts_at, page[-1].id)
    assert paged == [line.external_id for line in whole]


async def test_another_organization_sees_none(connection: AsyncConnection, tmp_path: Path) -> None:
    await import_text(connection, tmp_path, CALENDAR)
    assert await list_appointments(connection, new_id(), Wanted(), most=None) == []
    assert await list_unconfirmed(connection, new_id(), 1, now=NIGHT, most=None) == []


async def test_one_place_has_a_list_of_its_own(
    connection: AsyncConnection, organization_id: UUID, tmp_path: Path
) -> None:
    await import_text(connection, tmp_path, PLACES)
    lines = await list_unconfirmed(connection, organization_id, 1, now=NIGHT, place="Room 2", most=None)
    assert [line.external_id for line in lines] == ["A-2", "A-3"]


async def test_a_line_tells_how_far_the_reminding_is(connection: AsyncConnection, organization_id: UUID) -> None:
    appointment = await booked(connection, organization_id)
    reply = await _heard(connection, organization_id, "Can I come at three?")
    await reminded(connection, appointment.id, message="delivered", due_at=NOW)
    await reminded(connection, appointment.id, message="delivered", due_at=NOW, starts_at=NOW)
    await reminded(connection, appointment.id, "waiting", rule="2 hours", due_at=START - timedelta(hours=2))
    await reminded(connection, appointment.id, "obsolete", rule="gone", due_at=START - timedelta(hours=1))
    asks: Change = {"external_id": "A-1", "state": "reschedule_requested"}
    later = NOW + timedelta(minutes=1)
    await apply_changes(connection, organization_id, [asks], now=later, actor="person", message_id=reply)
    (line,) = await list_unconfirmed(connection, organization_id, START.date(), now=NOW, most=None)
    assert (line.next_reminder_at, line.reminded) == (START - timedelta(hours=2), "delivered")
    assert (line.reminded_at, line.answer, line.answered_at) == (NOW, "reschedule_requested", later)
    assert line.wrote == "Can I come at three?"
    await changed(connection, organization_id, {"external_id": "A-1", "starts_at": START + timedelta(days=1)})
    moved = await find_appointment(connection, organization_id, "A-1")
    assert moved is not None
    assert (moved.next_reminder_at, moved.reminded, moved.answer) == (None, None, None)


async def _heard(connection: AsyncConnection, organization_id: UUID, body: str) -> int:
    """The id of a message that the person wrote."""
    found = await connection.execute(
        text("""
            INSERT INTO messages (organization_id, direction, state, phone, channel, attempt, tries, contact_id,
                                  body, created_at, updated_at)
            SELECT organization_id, 'inbound', 'received', phone, 'sms', 1, 0, id, :body, :at, :at
            FROM contacts WHERE organization_id = :organization_id
            RETURNING id
        """),
        {"organization_id": organization_id, "body": body, "at": NOW + timedelta(minutes=1)},
    )
    return int(found.scalar_one())
