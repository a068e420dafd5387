"""`tidings appointments` as the front desk and machines call it: import, list, show, unconfirmed."""

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from cli.main import app

ZONE = "Australia/Sydney"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIDINGS_ENV_FILE", "")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TIDINGS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TIDINGS_DATABASE_URL", database_url)
    tomorrow = datetime.now(ZoneInfo(ZONE)) + timedelta(days=1)
    row = f"A-1,+61491570006,Ada Lovelace,{tomorrow:%Y-%m-%d}T12:00,checkup\n"
    (tmp_path / "calendar.csv").write_text(
        "external_id,phone,name,starts_at,kind\n" + row + row.replace("A-1", "")
    )
    return tmp_path


def tidings(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["appointments", *arguments])


@pytest.mark.usefixtures("committed", "folder")
def test_a_day_at_the_front_desk() -> None:
    done = tidings("import", "calendar.csv", "--timezone", ZONE, "--json")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["appointments"]["new"], report["refused"]) == (0, 1, 1)
    for command in (["list"], ["unconfirmed"]):
        shown = tidings(*command).stdout
        assert "Ada Lovelace" in shown
        assert "12:00" in shown
        assert "+61491570006" not in shown
    assert "+61491570006" in tidings("list", "--show-numbers").stdout
    story = json.loads(tidings("show", "A-1", "--json").stdout)["story"]
    assert [(each["what"], each["actor"]) for each in story] == [("new", "file calendar.csv")]


@pytest.mark.usefixtures("committed")
def test_the_list_of_whom_to_call_is_a_file(folder: Path) -> None:
    tidings("import", "calendar.csv", "--timezone", ZONE)
    assert tidings("unconfirmed", "--out", "call.csv").exit_code == 0
    with (folder / "call.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(each["external_id"], each["name"], each["phone"]) for each in rows] == [
        ("A-1", "Ada Lovelace", "'+61491570006")
    ]
    assert (rows[0]["reminded"], rows[0]["wrote"]) == ("", "")
    assert json.loads(tidings("unconfirmed", "--place", "elsewhere", "--json").stdout) == {"appointments": []}


@pytest.mark.usefixtures("committed")
def test_a_cancellation_that_is_held_back_is_a_failure(folder: Path) -> None:
    tidings("import", "calendar.csv", "--timezone", ZONE)
    file = folder / "calendar.csv"
    file.write_text(file.read_text().replace("A-1", "A-2"))
    done = tidings("import", "calendar.csv", "--timezone", ZONE, "--gone", "cancel")
    assert done.exit_code == 1
    assert "None of them was cancelled" in done.stdout


@pytest.mark.usefixtures("committed", "folder")
def test_what_is_no_day_is_said_in_a_sentence() -> None:
    assert tidings("unconfirmed", "--day", "someday").exit_code == 2


@pytest.mark.usefixtures("committed", "folder")
class TestTheFrontDesk:
    def test_moves_an_appointment_by_the_clock_of_its_place(self) -> None:
        tidings("import", "calendar.csv", "--timezone", ZONE)
        shown = tidings("move", "A-1", "2031-01-07T15:30")
        assert shown.exit_code == 0
        assert "2031-01-07 15:30 Australia/Sydney" in shown.stdout
        assert "to 2031-01-07 15:30 (person:" in shown.stdout

    def test_marks_one_as_cancelled(self) -> None:
        tidings("import", "calendar.csv", "--timezone", ZONE)
        assert json.loads(tidings("mark", "A-1", "canceled", "--json").stdout)["state"] == "canceled"

    def test_hears_that_nobody_is_reminded_of_what_has_passed(self) -> None:
        tidings("import", "calendar.csv", "--timezone", ZONE)
        assert "has passed" in tidings("move", "A-1", "2021-01-07T15:30").stderr

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            pytest.param(("move", "A-9", "2031-01-07T15:30"), 'no appointment "A-9"', id="no such appointment"),
            pytest.param(("mark", "A-9", "done"), 'no appointment "A-9"', id="none to mark"),
            pytest.param(("move", "A-1", "tomorrow"), "This is no time", id="no time"),
            pytest.param(("move", "A-1", "2031-10-05T02:30"), "skip this time", id="a time that the clocks skip"),
            pytest.param(
                ("move", "A-1", "2031-01-07T15:30", "--timezone", "Mars/Olympus"), "no time zone", id="no zone"
            ),
        ],
    )
    def test_is_told_what_cannot_be(self, arguments: tuple[str, ...], sentence: str) -> None:
        tidings("import", "calendar.csv", "--timezone", ZONE)
        refused = tidings(*arguments)
        assert refused.exit_code != 0
        assert sentence in str(refused.exception)
