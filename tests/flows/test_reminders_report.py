"""Prefect's UI shows a day's reminders: a table that is published again when it has changed, and not too often."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from sqlalchemy import text

from flows.reminders import reminders
from models.columns import utc_now
from tasks import reminders_report
from tasks.equipment import Equipment
from tests.fixtures.sending import Start
from tests.integration.appointments.calendar import changed, person
from tests.integration.reminders.noted import reminded


async def _published(key: str) -> list[list[dict[str, object]]]:
    """The table each time it was published, the newest first."""
    async with get_client() as client:
        found = [each for each in await client.read_artifacts() if each.key == key]
    return [json.loads(str(each.data)) for each in sorted(found, key=lambda each: str(each.created), reverse=True)]


async def _forget(key: str) -> None:
    """What another test of this server published under the same key."""
    async with get_client() as client:
        for each in await client.read_artifacts():
            if each.key == key:
                await client.delete_artifact(each.id)


async def _booked(tools: Equipment) -> int:
    """An appointment of tomorrow of which two reminders were due now, one answered."""
    async with tools.engine.begin() as connection:
        organization_id = UUID(str((await connection.execute(text("SELECT id FROM organizations"))).scalar_one()))
        start = utc_now() + timedelta(days=1)
        contact_id = await person(connection, organization_id, "+12125550188")
        done = await changed(
            connection,
            organization_id,
            {
                "external_id": "A-1",
                "contact_id": contact_id,
                "starts_at": start,
                "timezone": "UTC",
                "place": "Room 1",
            },
        )
        await reminded(connection, done[0].id, message="delivered", due_at=utc_now(), starts_at=start)
    return done[0].id


async def test_a_days_table_follows_what_happens(
    start: Start, tools: Equipment, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start(0)
    appointment_id = await _booked(tools)
    key = f"reminders-default-{utc_now().date()}"
    await _forget(key)
    await reminders()
    (rows,) = await _published(key)
    assert [(row["Rule"], row["Place"], row["Due"], row["Unanswered"]) for row in rows] == [
        ("day before", "Room 1", 1, 1),
        ("all", "", 1, 1),
    ]
    assert "+1212" not in str(rows)
    async with tools.engine.begin() as connection:
        await connection.execute(
            text("UPDATE appointments SET state = 'confirmed' WHERE id = :id"), {"id": appointment_id}
        )
        await reminded(connection, appointment_id, "expired", due_at=utc_now(), rule="2 hours", reason="Too late.")
    await reminders()
    assert len(await _published(key)) == 1, "the last one is hardly old"
    monkeypatch.setattr(reminders_report, "EVERY", timedelta(0))
    for _ in range(2):
        await reminders()
        newest, _ = await _published(key)
        assert newest[-1]["Due"] == 2
