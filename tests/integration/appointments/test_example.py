"""The example that the page about appointments begins with does what it says there."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from tests.integration.appointments.calendar import row
from tests.integration.appointments.filed import import_text

EXAMPLE = Path(__file__).parents[3] / "examples" / "appointments.csv"


async def test_the_example_is_imported_but_for_the_hour_that_is_not(
    connection: AsyncConnection, tmp_path: Path
) -> None:
    report = await import_text(connection, tmp_path, EXAMPLE.read_text())
    assert (report.appointments.new, [each.code for each in report.refused_rows]) == (4, ["start_skipped"])
    assert (await row(connection, "C-1001"))["attributes"] == {"doctor": "Dr Reyes"}
    assert (await row(connection, "C-1002"))["state"] == "confirmed"


async def test_the_refused_rows_corrected_are_imported(connection: AsyncConnection, tmp_path: Path) -> None:
    await import_text(connection, tmp_path, EXAMPLE.read_text())
    refused = (tmp_path / "calendar.refused.csv").read_text(encoding="utf-8-sig")
    report = await import_text(connection, tmp_path, refused.replace("02:30,America", "03:30,America"))
    assert (report.appointments.new, report.refused) == (1, 0)
    assert (await row(connection, "C-1005"))["attributes"] == {"doctor": "Dr Reyes"}
