"""The records of a delimited file (RFC 4180), each with the physical line it begins on."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.imports.faults import Fault, ImportRefused


class RecordsRefused(ImportRefused):
    """A line for which the whole file is refused; the text begins with the line."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the line it begins on (from 1), its cells, and what is wrong with it as a whole, if anything."""

    line: int
    cells: Sequence[str]
    fault: Fault | None = None

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it, as in the rows that spreadsheets leave below a table."""
        return self.fault is None and not any(cell.strip() for cell in self.cells)


class _Tee:
    """Lines passed on to a reader, and kept until the record they make is complete."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.taken.append(line)
        return line


def read_records(lines: Iterable[str], *, delimiter: str) -> Iterator[Record]:
    """Every record, blank ones too. A broken one on a line of its own is given with its fault.

    Raises `RecordsRefused` for a quotation mark that swallows following lines: no one could tell whose they are.
    """
    tee = _Tee(lines)
    reader = csv.reader(tee, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        line = reader.line_num + 1
        tee.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _broken(line, tee.taken, error)
            continue
        if any("\0" in text for text in tee.taken):
            yield _with_fault(line, tee.taken, code="nul", reason="The row has a NUL character; remove it.")
            continue
        yield Record(line, cells)


def _broken(line: int, taken: Sequence[str], error: csv.Error) -> Record:
    if len(taken) > 1:
        raise RecordsRefused(
            f"Line {line}: a quotation mark opens a value that is not closed before line {line + len(taken) - 1}; "
            'close it, or write "" for a quotation mark within a value.'
        )
    if "field limit" in str(error):
        reason = f"A value is longer than {csv.field_size_limit():,} characters; shorten it."
        return _with_fault(line, taken, code="too_long", reason=reason)
    reason = 'A quotation mark is not closed where its value ends; close it, or write "" for one within a value.'
    return _with_fault(line, taken, code="quote", reason=reason)


def _with_fault(line: int, taken: Sequence[str], *, code: str, reason: str) -> Record:
    return Record(line, (), Fault(code, reason, "".join(taken).replace("\0", "\\0").rstrip("\r\n")))
