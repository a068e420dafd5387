"""`tidings reminders` as people call it: a file checked with its dates, set, and shown."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app

EXAMPLE = Path(__file__).parents[3] / "examples" / "reminders.yaml"
SAMPLE = ("--starts", "2050-03-13T09:00", "--timezone", "America/New_York")
CALENDAR = "external_id,phone,starts_at,kind\nA-1,+12125550123,2050-03-14T09:00,checkup\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIDINGS_ENV_FILE", "")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TIDINGS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TIDINGS_DATABASE_URL", database_url)
    (tmp_path / "rules.yaml").write_text(EXAMPLE.read_text())
    (tmp_path / "calendar.csv").write_text(CALENDAR)
    return tmp_path


def tidings(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.mark.usefixtures("committed", "folder")
def test_a_file_is_checked_with_the_dates_that_it_brings() -> None:
    shown = tidings("reminders", "check", "rules.yaml", *SAMPLE)
    assert shown.exit_code == 0
    for words in ("Sun 2050-03-13 09:00", "evening before", "Sat 2050-03-12 18:00", "Sun 2050-03-13 08:00"):
        assert words in shown.stdout
    assert "if not confirmed" in shown.stdout
    found = json.loads(tidings("reminders", "check", "rules.yaml", *SAMPLE, "--json").stdout)["appointments"]
    assert [each["rule"] for each in found[0]["reminders"]] == ["evening before", "last call"]
    assert found[0]["reminders"][0]["due_at"] == "2050-03-12T23:00:00+00:00"


@pytest.mark.usefixtures("committed", "folder")
def test_rules_are_set_and_followed() -> None:
    tidings("appointments", "import", "calendar.csv", "--timezone", "Europe/London")
    done = tidings("reminders", "set", "rules.yaml")
    assert (done.exit_code, done.stdout) == (
        0,
        "Version 1 holds from now on. Appointments to come: 1. Reminders waiting: 2.\n",
    )
    shown = tidings("reminders", "show")
    assert "A-1 Mon 2050-03-14 09:00" in shown.stdout
    assert "name: last call" in shown.stdout
    assert json.loads(tidings("reminders", "show", "--json").stdout)["version"] == 1


@pytest.mark.usefixtures("committed", "folder")
def test_without_rules_it_says_that_nobody_is_reminded() -> None:
    assert "nobody is reminded" in tidings("reminders", "show").stderr


@pytest.mark.usefixtures("committed")
def test_a_mistake_is_told_with_its_place_and_nothing_is_set(folder: Path) -> None:
    (folder / "rules.yaml").write_text(EXAMPLE.read_text().replace("appointment.date", "appointment.day", 1))
    refused = tidings("reminders", "set", "rules.yaml")
    assert refused.exit_code == 1
    assert str(refused.exception).startswith("rules.yaml, line 7, column 10: there is no variable")
    assert json.loads(tidings("reminders", "show", "--json").stdout)["version"] == 0


WRONG = [
    ("a time that is none", ["--starts", "soon"]),
    ("a time without a zone", ["--starts", "2050-03-13T09:00"]),
    ("a zone that is none", ["--starts", "2050-03-13T09:00", "--timezone", "Mars"]),
    ("a zone without a time", ["--timezone", "Europe/London"]),
]


@pytest.mark.parametrize("given", [each[1] for each in WRONG], ids=[each[0] for each in WRONG])
@pytest.mark.usefixtures("folder")
def test_what_is_no_sample_is_said_in_a_sentence(given: list[str]) -> None:
    assert tidings("reminders", "check", "rules.yaml", *given).exit_code == 2
