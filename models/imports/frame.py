"""A chunk of rows as a pandas frame: one column of trimmed texts a field, None where there is nothing."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import pandas as pd

from models.imports.faults import Fault
from models.imports.header import FIELDS, Header

T = TypeVar("T")


def frame_of(rows: Sequence[Sequence[str]], *, header: Header, known: Sequence[str] = FIELDS) -> pd.DataFrame:
    """Columns are the file's positions, then each known field by name, present in the file or not."""
    written = pd.DataFrame(rows, columns=range(header.width), dtype=object)
    cells = pd.DataFrame({position: _trimmed(written[position]) for position in written.columns})
    absent = pd.Series([None] * len(cells), dtype=object)
    fields = {name: cells[header.fields[name]] if name in header.fields else absent for name in known}
    return pd.concat([cells, pd.DataFrame(fields, dtype=object)], axis=1)


def _trimmed(column: "pd.Series[Any]") -> "pd.Series[Any]":
    trimmed = column.str.strip().astype(object)
    return trimmed.where(trimmed != "", None)


def judged(raws: Iterable[str | None], judge: Callable[[str], T | Fault]) -> list[T | Fault | None]:
    """What each text means, each distinct one judged once; None stays None."""
    given = list(raws)
    meanings = {raw: judge(raw) for raw in set(given) if raw is not None}
    return [None if raw is None else meanings[raw] for raw in given]
