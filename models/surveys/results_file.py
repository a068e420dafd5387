"""A survey's results as CSV, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from messaging.surveys.answers import written
from models.surveys.results import ResultRow

PERSON = ("run_id", "version", "contact_id", "phone", "first_name", "last_name", "channel", "state", "started_at")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ResultsFile:
    """Writes rows under a header: who, then `ended_at`, then one column for each step."""

    def __init__(self, opened: TextIO, steps: Sequence[str]) -> None:
        self._writer = csv.writer(opened)
        self._steps = steps
        self._writer.writerow([*PERSON, "ended_at", *map(harmless, steps)])

    def write(self, row: ResultRow) -> None:
        """One person's survey; a step without an answer is an empty cell."""
        person = (row.id, row.version, row.contact_id, row.phone, row.first_name, row.last_name, row.channel)
        times = (row.started_at.isoformat(), row.ended_at.isoformat() if row.ended_at else None)
        answers: Iterable[Any] = (row.answers.get(step) for step in self._steps)
        self._writer.writerow([_cell(value) for value in (*person, row.state, *times, *answers)])


def _cell(value: Any) -> str | int | float:
    """Numbers stay numbers; yes, no and texts are written so that no spreadsheet takes them for a formula."""
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return harmless(written(value))


def harmless(cell: str) -> str:
    """The text with an apostrophe before what a spreadsheet would calculate (CWE-1236; OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
