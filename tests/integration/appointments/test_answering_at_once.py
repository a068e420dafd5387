"""Someone answers at the moment in which the desk changes the same appointment."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.organizations import find_organization
from tests.integration.appointments.answers import START, Patient, patient
from tests.integration.surveys.person import Person
from tests.simulator.running import until

HOUR = timedelta(hours=1)
WAITS = text("""
    SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
""")

CHANGES: list[tuple[str, dict[str, Any], str, str]] = [
    ("moved", {"starts_at": START + HOUR}, "Your appointment has another time now", "booked"),
    ("cancelled", {"state": "canceled"}, "This appointment was canceled", "canceled"),
]


@pytest.mark.parametrize("case", CHANGES, ids=[case[0] for case in CHANGES])
async def test_an_answer_knows_what_the_desk_has_just_changed(
    committed: AsyncEngine, case: tuple[str, dict[str, Any], str, str]
) -> None:
    _, change, answer, state = case
    async with committed.begin() as setting_up:
        them = await patient(setting_up, (await find_organization(setting_up, "default")).id)
        await them.has(reminded=HOUR)
    async with committed.connect() as desk:
        await Patient(desk, them.organization_id, them.person, them.contact_id).change("A-1", **change)
        answering = asyncio.create_task(_says(committed, them.person, "C"))

        async def waits() -> bool:
            async with committed.connect() as looking:
                return bool((await looking.execute(WAITS)).scalar_one())

        await until(waits)
        await desk.commit()
    assert (await answering)[0].startswith(answer)
    async with committed.connect() as connection:
        after = Patient(connection, them.organization_id, them.person, them.contact_id)
        assert await after.states() == {"A-1": state}


async def _says(engine: AsyncEngine, person: Person, body: str) -> list[str]:
    async with engine.begin() as connection:
        person.connection = connection
        return await person.says(body)
