"""Whom the front desk calls: tomorrow's unconfirmed, where the appointment is."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.listing import Wanted, list_appointments, list_unconfirmed
from models.columns import new_id
from tests.integration.appointments.filed import import_text

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
