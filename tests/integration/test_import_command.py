"""`tidings contacts import` as people and machines call it: exit status, one sentence, one JSON object."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CONTENT = "phone,consent_marketing\n+12025550123,yes\n12345,\n"
EVIDENCE = ("--consent-method", "web_form", "--consent-source", "newsletter form")


def run_import(folder: Path, *arguments: str, database_url: str) -> subprocess.CompletedProcess[str]:
    (folder / "people.csv").write_text(CONTENT)
    return subprocess.run(
        [Path(sys.executable).with_name("tidings"), "contacts", "import", *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "TIDINGS_ENV_FILE": "",
            "TIDINGS_HOME": str(folder / "home"),
            "TIDINGS_DATABASE_URL": database_url,
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("committed")
def test_json_is_one_object_and_refused_rows_are_no_failure(tmp_path: Path, database_url: str) -> None:
    done = run_import(tmp_path, "people.csv", *EVIDENCE, "--json", database_url=database_url)
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert (report["contacts"]["new"], report["consents"]["opted_in"], report["refused"]) == (1, 1, 1)
    assert report["refused_rows"][0]["line"] == 3
    assert Path(report["refused_file"]) == tmp_path / "people.refused.csv"


@pytest.mark.usefixtures("committed")
def test_people_see_counts_and_refused_rows(tmp_path: Path, database_url: str) -> None:
    done = run_import(tmp_path, "people.csv", *EVIDENCE, "--refused", "bad.csv", database_url=database_url)
    assert (done.returncode, done.stderr) == (0, "")
    for shown in ("consents recorded", "rows refused", "12345", str(tmp_path / "bad.csv")):
        assert shown in done.stdout


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(["absent.csv"], "There is no file absent.csv", id="no file"),
        pytest.param(["people.csv"], "--consent-method and --consent-source", id="a yes without evidence"),
        pytest.param(["people.csv", "--map", "phone=Mobile"], 'no column "Mobile"', id="no such column"),
        pytest.param(["people.csv", "--organization", "acme"], 'no organization "acme"', id="no organization"),
        pytest.param(["people.csv", "--default-region", "XX"], 'no region "XX"', id="no region"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    tmp_path: Path, database_url: str, arguments: list[str], sentence: str
) -> None:
    done = run_import(tmp_path, *arguments, database_url=database_url)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_database_that_is_down_is_said_in_one_line(tmp_path: Path) -> None:
    done = run_import(tmp_path, "people.csv", *EVIDENCE, database_url="postgresql://tidings@127.0.0.1:9/tidings")
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "people.refused.csv").exists()
