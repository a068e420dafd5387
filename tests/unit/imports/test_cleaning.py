"""Rows to what becomes of them: imported, refused with a reason, or imported without a value."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from models.imports.cleaning import CleanChunk, clean
from models.imports.header import FIELDS, read_header
from models.imports.table import Chunk

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "+12025550123"


def cleaned(*rows: dict[str, str], attributes: Sequence[str] = ()) -> CleanChunk:
    names = [*FIELDS, *attributes]
    chunk = Chunk(
        lines=list(range(2, len(rows) + 2)), rows=[[row.get(name, "") for name in names] for row in rows]
    )
    return clean(chunk, header=read_header(names, columns={}), region="US", accept="valid", now=NOW)


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        pytest.param({"phone": "(202) 555-0123"}, "phone", NUMBER, id="the default region"),
        pytest.param(
            {"phone": "020 7946 0123", "country": "UK"}, "phone", "+442079460123", id="the row's country"
        ),
        pytest.param({"phone": "020 7946 0123", "country": "UK"}, "country", "GB", id="country by code"),
        pytest.param(
            {"phone": "+49 30 23125 001", "country": "US"}, "country", "DE", id="the number's own country"
        ),
        pytest.param(
            {"phone": NUMBER, "country": "Atlantis"}, "country", "US", id="country not known, number whole"
        ),
        pytest.param({"phone": NUMBER, "first_name": " Ann "}, "first_name", "Ann", id="trimmed"),
        pytest.param({"phone": NUMBER, "first_name": "  "}, "first_name", None, id="blank"),
        pytest.param(
            {"phone": NUMBER, "email": "none"}, "email", None, id="a bad e-mail address costs itself only"
        ),
        pytest.param({"phone": NUMBER, "tags": "a;b"}, "tags", ["a", "b"], id="tags"),
        pytest.param({"phone": NUMBER, "consent_marketing": "yes"}, "answer", "opted_in", id="yes"),
        pytest.param({"phone": NUMBER, "consent_marketing": "N"}, "answer", "opted_out", id="no"),
        pytest.param({"phone": NUMBER, "consent_source": "shop"}, "source", None, id="a source of nothing"),
        pytest.param(
            {"phone": NUMBER, "consent_marketing": "no", "consent_at": "long ago"},
            "answer",
            "opted_out",
            id="a no counts whatever its date",
        ),
    ],
)
def test_values_of_good_rows(row: dict[str, str], field: str, value: Any) -> None:
    result = cleaned(row)
    assert result.refusals == []
    assert getattr(result.rows[0], field) == value


@pytest.mark.parametrize(
    ("row", "code", "value"),
    [
        pytest.param({"first_name": "Ann"}, "empty", "", id="no number"),
        pytest.param({"phone": "4.42E+11"}, "spreadsheet", "4.42E+11", id="a power of ten"),
        pytest.param(
            {"phone": "020 7946 0123", "country": "Atlantis"}, "unknown_country", "020 7946 0123", id="whose"
        ),
        pytest.param({"phone": NUMBER, "consent_marketing": "maybe"}, "consent_unclear", "maybe", id="maybe"),
        pytest.param(
            {"phone": NUMBER, "consent_marketing": "yes", "consent_at": "1.5.24"},
            "consent_at_unreadable",
            "1.5.24",
            id="a yes of no date",
        ),
        pytest.param(
            {"phone": "n/a", "consent_marketing": "?"}, "not_a_number", "n/a", id="the number's fault first"
        ),
    ],
)
def test_refused_rows(row: dict[str, str], code: str, value: str) -> None:
    result = cleaned({"phone": "+12025550100"}, row, {"phone": "+12025550101"})
    assert [good.line for good in result.rows] == [2, 4]
    (refusal,) = result.refusals
    assert (refusal.line, refusal.fault.code, refusal.fault.value) == (3, code, value)
    assert refusal.fault.reason.endswith(".")


def test_values_left_out_are_named_with_line_and_column() -> None:
    result = cleaned(
        {"phone": NUMBER},
        {"phone": NUMBER, "timezone": "Mars", "locale": "klingon"},
        {"phone": NUMBER, "country": "Atlantis", "consent_marketing": "no", "consent_at": "?"},
        {"phone": "n/a", "email": "of a refused row"},
    )
    assert {(warned.line, warned.column, warned.fault.value) for warned in result.warnings} == {
        (3, "locale", "klingon"),
        (3, "timezone", "Mars"),
        (4, "country", "Atlantis"),
        (4, "consent_at", "?"),
    }


def test_other_columns_become_attributes_and_blank_ones_do_not() -> None:
    result = cleaned(
        {"phone": NUMBER, "plan": "gold", "City": " Köln "}, {"phone": NUMBER}, attributes=["plan", "City"]
    )
    assert [json.loads(row.attributes) for row in result.rows] == [{"plan": "gold", "City": "Köln"}, {}]


def test_a_chunk_of_refused_rows_only() -> None:
    result = cleaned({"phone": "x"}, {"phone": "y"})
    assert (result.rows, len(result.refusals)) == ([], 2)


def test_a_chunk_without_any_whole_row() -> None:
    assert cleaned() == CleanChunk([], [], [])
