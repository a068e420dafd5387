"""Whatever a calendar does to an appointment, and however far messages are: nothing twice, nothing lost."""

import random
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.integration.appointments.calendar import person
from tests.integration.reminders.followed import BOOKED, ruled, visit
from tests.integration.reminders.lives import OFFSETS, Life

START = datetime.fromisoformat("2026-03-09T14:30:00+00:00")
DAYS = timedelta(days=1)


@pytest.mark.parametrize("seed", range(25))
async def test_nothing_twice_and_nothing_lost(
    connection: AsyncConnection, organization_id: UUID, seed: int
) -> None:
    await ruled(connection, organization_id)
    first = await visit(connection, organization_id, START)
    second = await person(connection, organization_id, "+12125550124")
    chance = random.Random(seed)  # noqa: S311 (no secret)
    begin = chance.choice([BOOKED, START - 1.2 * DAYS, START - 0.2 * DAYS])
    life = Life(connection, organization_id, chance, begin, (START, START + 2 * DAYS), (first, second))
    for _ in range(25):
        if life.now < life.start:
            await life.step()
    calm = life.now
    await life.end()
    left = await life.left()
    assert all(times == 1 for times in left.values()), left
    if life.state not in ("booked", "reschedule_requested"):
        return
    for rule, offset in OFFSETS.items():
        if life.start - offset >= calm:
            assert left[rule, "reminder", life.start, life.contact] == 1, f"{rule} was lost"
