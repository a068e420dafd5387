"""The result of a benchmark: a table, and what there is to say of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Scale(StrEnum):
    """How much work a run takes on: seconds to see that it works, minutes for figures, more for the largest."""

    QUICK = "quick"
    NORMAL = "normal"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts below their columns; the first column names the row. `notes` stand below the table.

    `listing` is text to be shown as it is, such as a query plan.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = field(default_factory=tuple)
    listing: str = ""


def whole(number: float) -> str:
    """A number for people: 1,480."""
    return f"{number:,.0f}"


def share(part: float, of: float) -> str:
    """A ratio in per cent: 84 %."""
    return f"{100 * part / of:,.0f} %"


def times(number: float) -> str:
    """A ratio as a factor: 12.1 x."""
    return f"{number:,.1f} x"


def seconds(number: float) -> str:
    """A duration to three figures."""
    return f"{number:.3g} s" if number < 100 else f"{number:,.0f} s"


def milliseconds(number: float) -> str:
    """A duration given in seconds, in milliseconds."""
    return f"{1000 * number:,.1f} ms"
