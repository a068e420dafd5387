"""Caps that states set on attempts to reach a person, as rows of `data/attempt_caps.csv` with law and source.

The laws count attempts "on the same subject matter". What one subject is, is for a court to say, so all marketing
of an organization counts as one here.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from messaging.caps.cap import Cap

ATTEMPT_CAP: Final = "attempt_cap"
"""The reason of a message that is over a cap of a state."""


@dataclass(frozen=True, slots=True)
class AttemptCap:
    """The cap of a region (ISO 3166-2, such as US-FL); `as_of` is the month in which its source was read."""

    region: str
    cap: Cap
    law: str
    source: str
    as_of: str


def attempt_caps(regions: Iterable[str]) -> list[Cap]:
    """The caps of every region in which a person may be: several possible ones hold together."""
    return sorted({_TABLE[region].cap for region in regions if region in _TABLE})


def listed() -> list[AttemptCap]:
    """Every row of the table."""
    return list(_TABLE.values())


def _read_table() -> dict[str, AttemptCap]:
    with (Path(__file__).parents[1] / "data" / "attempt_caps.csv").open(encoding="utf-8", newline="") as file:
        return {row["region"]: _row(row) for row in csv.DictReader(file)}


def _row(row: dict[str, str]) -> AttemptCap:
    cap = Cap(hours=float(row["hours"]), messages=int(row["messages"]), reason=ATTEMPT_CAP)
    return AttemptCap(row["region"], cap, law=row["law"], source=row["source"], as_of=row["as_of"])


_TABLE: Final = _read_table()
