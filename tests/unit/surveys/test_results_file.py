"""A file of results: whatever people wrote, a spreadsheet calculates nothing, and a reader finds it again."""

import csv
import io
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.surveys.results import ResultRow
from models.surveys.results_file import ResultsFile, harmless

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def _row(first_name: str | None = None, **answers: object) -> ResultRow:
    return ResultRow(
        id=UUID(int=1),
        version=2,
        contact_id=7,
        phone="+12025550123",
        first_name=first_name,
        last_name=None,
        channel="sms",
        state="finished",
        started_at=NOW,
        ended_at=None,
        answers=answers,
    )


def _written(row: ResultRow, steps: list[str]) -> list[dict[str, str]]:
    opened = io.StringIO(newline="")
    ResultsFile(opened, steps).write(row)
    opened.seek(0)
    return list(csv.DictReader(opened))


def test_a_row() -> None:
    [row] = _written(_row(score=-3, why='said "so",\nand left', again=True), ["score", "why", "again", "new"])
    assert row == {
        "run_id": str(UUID(int=1)),
        "version": "2",
        "contact_id": "7",
        "phone": "'+12025550123",
        "first_name": "",
        "last_name": "",
        "channel": "sms",
        "state": "finished",
        "started_at": "2026-03-02T15:00:00+00:00",
        "ended_at": "",
        "score": "-3",
        "why": 'said "so",\nand left',
        "again": "yes",
        "new": "",
    }


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_texts(text: str) -> None:
    assert harmless(text) == f"'{text}"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_every_text_is_found_again_and_none_is_a_formula(text: str) -> None:
    [row] = _written(_row(first_name=text, why=text), ["why"])
    assert row["first_name"].removeprefix("'") == text.removeprefix("'") or row["first_name"] == text
    assert not row["why"].startswith(("=", "+", "-", "@", "\t", "\r"))
