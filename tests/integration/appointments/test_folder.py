"""A calendar's folder: each file read once, moved where it belongs, the oldest first."""

import os
from pathlib import Path

import pytest
from sqlalchemy import text

from models.appointments.import_rules import AppointmentRules
from tasks.appointments_folder import FileDone, FolderUnusable, read_folder
from tasks.equipment import Equipment
from tests.fixtures.sending import Start
from tests.integration.appointments.calendar import ZONE

RULES = AppointmentRules(timezone=ZONE)
CALENDAR = "external_id,phone,starts_at\nA-1,+12125550123,2030-03-11T{hour}:00\n"


def lay(folder: Path, name: str, content: str, *, age: float = 60.0) -> None:
    path = folder / name
    path.write_text(content)
    written = path.stat().st_mtime - age
    os.utime(path, (written, written))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def read(tools: Equipment, folder: Path) -> list[FileDone]:
    return [each async for each in read_folder(tools, folder, organization="default", rules=RULES)]


async def hour(tools: Equipment) -> int:
    """The hour at which the appointment starts, where it is kept."""
    async with tools.engine.connect() as connection:
        found = await connection.execute(
            text("SELECT extract(hour FROM starts_at AT TIME ZONE timezone) FROM appointments")
        )
        return int(found.scalar_one())


async def test_files_are_read_in_their_order_and_put_away(
    start: Start, equipment: Equipment, tmp_path: Path
) -> None:
    await start(0)
    lay(tmp_path, "a.csv", CALENDAR.format(hour=11), age=60)
    lay(tmp_path, "b.csv", CALENDAR.format(hour=10), age=120)
    lay(tmp_path, "being-written.csv", CALENDAR.format(hour=12), age=0)
    done = await read(equipment, tmp_path)
    assert [(each.name, each.outcome) for each in done] == [("b.csv", "imported"), ("a.csv", "imported")]
    assert await hour(equipment) == 11
    assert names(tmp_path) == ["being-written.csv", "done", "refused"]
    assert len(names(tmp_path / "done")) == 2


async def test_the_last_file_again_is_not_read_and_an_older_one_is_news(
    start: Start, equipment: Equipment, tmp_path: Path
) -> None:
    await start(0)
    outcomes = []
    for each in (10, 10, 11, 10):
        lay(tmp_path, "calendar.csv", CALENDAR.format(hour=each))
        outcomes += [one.outcome for one in await read(equipment, tmp_path)]
    assert outcomes == ["imported", "read before", "imported", "imported"]
    assert await hour(equipment) == 10


async def test_what_cannot_be_used_is_put_aside(start: Start, equipment: Equipment, tmp_path: Path) -> None:
    await start(0)
    lay(tmp_path, "people.csv", "name\nAda\n")
    lay(tmp_path, "calendar.csv", CALENDAR.format(hour=10) + "A-2,12,2030-03-11T10:00\n", age=50)
    done = await read(equipment, tmp_path)
    assert [(each.name, each.outcome) for each in done] == [
        ("people.csv", "refused"),
        ("calendar.csv", "imported"),
    ]
    assert "external_id" in (done[0].reason or "")
    whole, rows = names(tmp_path / "refused")
    assert whole.endswith("-people.csv")
    assert rows == "calendar.refused.csv"


async def test_a_folder_that_is_not_there_is_said(start: Start, equipment: Equipment, tmp_path: Path) -> None:
    await start(0)
    with pytest.raises(FolderUnusable, match="cannot be used"):
        await read(equipment, tmp_path / "absent")
