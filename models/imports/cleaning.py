"""A chunk of a file made clean, column by column: rows to import, rows to refuse, values to warn of."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import compress
from typing import Any, cast

import pandas as pd

from messaging.phones import Phone
from models.consent.tables import ConsentState
from models.imports.answers import read_answer, read_moment
from models.imports.countries import read_country
from models.imports.details import read_email, read_locale, read_postcode, read_region, read_tags, read_timezone
from models.imports.faults import Fault, Refusal, Warned
from models.imports.frame import frame_of, judged
from models.imports.header import EVIDENCE, FIELDS, Header
from models.imports.numbers import read_numbers
from models.imports.rules import Accept
from models.imports.staged_row import StagedRow
from models.imports.table import Chunk

_JUDGES = {
    "email": read_email,
    "locale": read_locale,
    "timezone": read_timezone,
    "postcode": read_postcode,
    "region": read_region,
    "tags": read_tags,
    "country": read_country,
    "consent_marketing": read_answer,
}
_DECISIVE = ("phone", "consent_marketing", "consent_at")
"""A fault in one of these refuses the row; in any other column it costs the value only."""
_STAGED = (
    *("line", "phone", "consent_marketing", "consent_at", "consent_source", "evidence", "tags", "attributes"),
    *("first_name", "last_name", "email", "locale", "timezone", "postcode", "region"),
)
"""The columns that `_staged` takes, in its order."""


@dataclass(frozen=True, slots=True)
class CleanChunk:
    """What a chunk comes to; both lists of faults in the order of lines."""

    rows: list[StagedRow]
    refusals: list[Refusal]
    warnings: list[Warned]


def clean(chunk: Chunk, *, header: Header, region: str, accept: Accept, now: datetime) -> CleanChunk:
    """Judges every value of a chunk. `region` (ISO code) is for numbers in rows without a country."""
    cells = frame_of(chunk.rows, header=header)
    known = _judged(cells, region=region, accept=accept, now=now)
    faulty = known.map(lambda value: isinstance(value, Fault))
    # A no is kept whatever its date: to leave it out for that could mean writing to someone who refused.
    said_no = known["consent_marketing"] == ConsentState.OPTED_OUT
    refused = faulty["phone"] | faulty["consent_marketing"] | (faulty["consent_at"] & ~said_no)
    lines = pd.Series(chunk.lines, dtype=object)
    rows = zip(chunk.lines, chunk.rows, *(known[field] for field in _DECISIVE), strict=True)
    refusals = [Refusal(line, cells, _first_fault(found)) for line, cells, *found in compress(rows, refused)]
    usable = known.where(~faulty, None).assign(
        line=lines, attributes=_attributes(cells, header), evidence=_evidence(cells, header)
    )[~refused]
    return CleanChunk(
        rows=list(map(_staged, *(usable[column].tolist() for column in _STAGED))),
        refusals=sorted([*chunk.refusals, *refusals], key=lambda refusal: refusal.line),
        warnings=_warnings(known[~refused], faulty[~refused], lines),
    )


def _judged(cells: pd.DataFrame, *, region: str, accept: Accept, now: datetime) -> pd.DataFrame:
    """Each known field with its meaning or its fault in place of its text."""
    judges: dict[str, Callable[[str], Any]] = {**_JUDGES, "consent_at": partial(read_moment, now=now)}
    meanings: dict[str, list[Any]] = {field: judged(cells[field], judge) for field, judge in judges.items()}
    meanings["phone"] = read_numbers(cells["phone"], cells["country"], region=region, accept=accept)
    return cells[list(FIELDS)].assign(
        **{field: pd.Series(found, dtype=object) for field, found in meanings.items()}
    )


def _first_fault(values: Iterable[object]) -> Fault:
    return next(value for value in values if isinstance(value, Fault))


def _warnings(known: pd.DataFrame, faulty: pd.DataFrame, lines: "pd.Series[Any]") -> list[Warned]:
    found = [
        Warned(lines[at], column, cast("Fault", known.at[at, column]))
        for column in known.columns[faulty.any()]
        for at in known.index[faulty[column]]
    ]
    return sorted(found, key=lambda warned: warned.line)


def _attributes(cells: pd.DataFrame, header: Header) -> list[str]:
    """Each row's other columns as a JSON object, without the blank ones."""
    return _as_json(cells, header.attributes) or ["{}"] * len(cells)


def _evidence(cells: pd.DataFrame, header: Header) -> "pd.Series[Any]":
    """What each row says in proof of its answer, as a JSON object; None where it says nothing."""
    positions = {name: header.fields[column] for column, name in EVIDENCE.items() if column in header.fields}
    found = _as_json(cells, positions) or ["{}"] * len(cells)
    return pd.Series([None if each == "{}" else each for each in found], dtype=object)


def _as_json(cells: pd.DataFrame, positions: Mapping[str, int]) -> list[str]:
    """Each row's cells at these positions by name, without the blank ones; an empty list for no position."""
    columns = [cells[position] for position in positions.values()]
    return [
        json.dumps({name: value for name, value in zip(positions, values, strict=True) if value is not None})
        for values in zip(*columns, strict=True)
    ]


def _staged(
    line: int,
    phone: Phone,
    answer: ConsentState | None,
    answered_at: datetime | None,
    source: str | None,
    evidence: str | None,
    tags: list[str] | None,
    attributes: str,
    *texts: str | None,
) -> StagedRow:
    first_name, last_name, email, locale, timezone, postcode, region = texts
    return StagedRow(
        line=line,
        phone=phone.e164,
        first_name=first_name,
        last_name=last_name,
        email=email,
        country=phone.country,
        locale=locale,
        timezone=timezone,
        postcode=postcode,
        region=region,
        tags=tags or [],
        attributes=attributes,
        answer=answer.value if answer else None,
        answered_at=answered_at if answer else None,
        source=source if answer else None,
        evidence=evidence if answer else None,
    )
