"""The file of refused rows: whole, or not there; never half of one, and never in place of the import."""

import csv
from contextlib import suppress
from pathlib import Path

import pytest

from models.imports.faults import Fault, ImportRefused, Refusal
from models.imports.header import read_header
from models.imports.refused_file import refused_file

HEADER = read_header(["phone", "name"], columns={})
REFUSAL = Refusal(7, ["12", "Zoë"], Fault("too_short", "The number is short.", "12"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The file that is imported."""
    path = tmp_path / "people" / "people.csv"
    path.parent.mkdir()
    path.write_text("phone\n")
    return path


def write(path: Path, source: Path, *refusals: Refusal) -> None:
    with refused_file(path, source=source, header=HEADER, delimiter=";") as refused:
        refused.write(refusals)


def test_rows_keep_their_cells_and_gain_line_value_and_reason(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "refused.csv"
    write(target, source, REFUSAL, Refusal(9, [], Fault("quote", "A quote.", '1;"x')))
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file, delimiter=";")) == [
            ["phone", "name", "line", "value", "reason"],
            ["12", "Zoë", "7", "12", "The number is short."],
            ["", "", "9", '1;"x', "A quote."],
        ]
    assert list(tmp_path.glob("*refused*")) == [target]


def test_when_nothing_is_refused_a_former_file_goes(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "refused.csv"
    write(target, source, REFUSAL)
    write(target, source)
    assert list(tmp_path.glob("*refused*")) == []


def test_when_the_import_fails_a_former_file_stays(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "refused.csv"
    target.write_text("former")
    with suppress(RuntimeError), refused_file(target, source=source, header=HEADER, delimiter=",") as refused:
        refused.write([REFUSAL])
        raise RuntimeError
    assert target.read_text() == "former"
    assert list(tmp_path.glob("*refused*")) == [target]


def test_it_is_refused_where_it_cannot_be(tmp_path: Path, source: Path) -> None:
    for path in (tmp_path, source, tmp_path / "absent" / "refused.csv"):
        with pytest.raises(ImportRefused, match="--refused FILE"):
            write(path, source)
    assert source.read_text() == "phone\n"
