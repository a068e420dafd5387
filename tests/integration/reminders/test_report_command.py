"""`tidings reminders report`, and an appointment shown with its reminders."""

import csv
import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.columns import utc_now
from tests.integration.appointments.calendar import changed, person
from tests.integration.campaign_commands import Command
from tests.integration.reminders.noted import reminded


@pytest.fixture
async def clinic(committed: AsyncEngine) -> None:
    """Tomorrow's appointment, reminded of an hour ago; another reminder waits."""
    now = utc_now()
    start = now + timedelta(days=1)
    async with committed.begin() as connection:
        organization_id = UUID(str((await connection.execute(text("SELECT id FROM organizations"))).scalar_one()))
        contact_id = await person(connection, organization_id)
        named = {"contact_id": contact_id, "starts_at": start, "timezone": "UTC", "place": "=Room 1"}
        done = await changed(connection, organization_id, {"external_id": "A-1", **named})  # type: ignore[typeddict-item]
        await reminded(
            connection, done[0].id, message="delivered", due_at=now - timedelta(seconds=1), starts_at=start
        )
        await reminded(connection, done[0].id, "waiting", rule="2 hours", due_at=start, starts_at=start)


@pytest.mark.usefixtures("clinic")
async def test_a_day_in_figures(tidings: Command, tmp_path: Path) -> None:
    shown = await tidings("reminders", "report")
    assert "Reminders of" in shown.stdout
    assert "day before" in shown.stdout
    report = json.loads((await tidings("reminders", "report", "--csv", "day.csv", "--json")).stdout)
    assert {name: count for name, count in report["total"].items() if count} == {
        "due": 1,
        "sent": 1,
        "unanswered": 1,
    }
    with (tmp_path / "day.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Rule"], row["Place"], row["Sent"]) for row in rows] == [
        ("day before", "'=Room 1", "1"),
        ("all", "", "1"),
    ]
    tomorrow = json.loads((await tidings("reminders", "report", "--day", "tomorrow", "--json")).stdout)
    assert (tomorrow["total"]["due"], tomorrow["total"]["waiting"]) == (1, 1)


@pytest.mark.usefixtures("clinic")
async def test_an_appointment_is_shown_with_its_reminders(tidings: Command) -> None:
    shown = (await tidings("appointments", "show", "A-1", COLUMNS="160")).stdout
    assert "delivered" in shown
    assert "2 hours" in shown
    reminders = json.loads((await tidings("appointments", "show", "A-1", "--json")).stdout)["reminders"]
    assert [(each["rule"], each["state"], each["why"]) for each in reminders] == [
        ("day before", "delivered", None),
        ("2 hours", "waiting", None),
    ]


@pytest.mark.usefixtures("clinic")
async def test_what_cannot_be_written_is_said_in_a_sentence(tidings: Command) -> None:
    done = await tidings("reminders", "report", "--csv", "nowhere/day.csv")
    assert done.refusal.startswith("nowhere/day.csv cannot be written")
