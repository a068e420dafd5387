"""What can be wrong with a file of contacts: with the whole of it, with a row, with one value.

TidingsError
├── ImportRefused         the file as a whole cannot be used, and nothing was imported
│   ├── HeaderRefused     (header.py)
│   └── RecordsRefused    (records.py)
└── ImportInterrupted     a part is saved; importing the file again saves the rest
"""

from collections.abc import Sequence
from dataclasses import dataclass

from messaging.errors import TidingsError


class ImportRefused(TidingsError):
    """The file as a whole cannot be used, and nothing was imported."""


class ImportInterrupted(TidingsError):
    """A part of the file is saved; importing it again saves the rest."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a value cannot be used. `code` is stable, for counting; `reason` is a sentence; `value` as written."""

    code: str
    reason: str
    value: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was left out: the line it begins on (from 1), its cells as written, and why."""

    line: int
    cells: Sequence[str]
    fault: Fault


@dataclass(frozen=True, slots=True)
class Warned:
    """A value that was left out of a row that was kept."""

    line: int
    column: str
    fault: Fault
