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
