"""Codes of Twilio's by which a number is not written to again on a channel, until it is known to work.

They are rows of `data/unreachable.csv`; the codes themselves are explained in `data/outcomes.csv`. Most hold at
once, some only after so many failures in a row. The causes: https://www.twilio.com/docs/api/errors.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class UnreachableCode:
    """A code, the channels on which it counts, how many in a row it takes, and what it says of a number."""

    code: int
    channels: frozenset[str]
    failures: int
    why: str


def unreachable_code(code: int | None) -> UnreachableCode | None:
    """What this code says of the number; None for the many that say nothing of it."""
    return _TABLE.get(code) if code is not None else None


def why_unreachable(code: int) -> str:
    """In a few words, why a number with this code cannot be reached."""
    return _TABLE[code].why if code in _TABLE else f"code {code}"


def _read_table() -> dict[int, UnreachableCode]:
    with (Path(__file__).parent / "data" / "unreachable.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            UnreachableCode(int(row["code"]), frozenset(row["channels"].split()), int(row["failures"]), row["why"])
            for row in csv.DictReader(file)
        ]
    return {row.code: row for row in rows}


_TABLE: Final = _read_table()
