"""The rows that were refused, written to a CSV file of their own, to be corrected and imported again."""

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from models.imports.faults import ImportRefused, Refusal
from models.imports.header import REPORT_COLUMNS, Header


class RefusedFile:
    """A file of refused rows in the making: the original columns, then line, value and reason."""

    def __init__(self, file: TextIO, *, header: Header, delimiter: str) -> None:
        self.rows = 0
        self._names = header.own_names
        self._writer = csv.writer(file, delimiter=delimiter)
        self._writer.writerow([*self._names, *REPORT_COLUMNS])

    def write(self, refusals: Sequence[Refusal]) -> None:
        """Adds rows; one that could not be told apart into cells has its whole text as its value."""
        self.rows += len(refusals)
        for refusal in refusals:
            cells = list(refusal.cells[: len(self._names)])
            cells += [""] * (len(self._names) - len(cells))
            self._writer.writerow([*cells, refusal.line, refusal.fault.value, refusal.fault.reason])


@contextmanager
def refused_file(path: Path, *, source: Path, header: Header, delimiter: str) -> Iterator[RefusedFile]:
    """Makes the file when all went well and a row was refused; a former one is replaced, or removed.

    Raises `ImportRefused`, before anything else happens, when it cannot be written there.
    """
    if path.is_dir() or (path.exists() and path.samefile(source)):
        raise ImportRefused(f"The refused rows cannot be written to {path}; name another file (--refused FILE).")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # With a byte order mark, or spreadsheets take UTF-8 for something else.
        file = unfinished.open("x", encoding="utf-8-sig", newline="")
    except OSError as error:
        raise ImportRefused(
            f"The refused rows cannot be written to {path} ({os.strerror(error.errno or 0)}); "
            "name a file elsewhere (--refused FILE)."
        ) from None
    try:
        with file:
            refused = RefusedFile(file, header=header, delimiter=delimiter)
            yield refused
        if refused.rows:
            unfinished.replace(path)
        else:
            path.unlink(missing_ok=True)
    finally:
        unfinished.unlink(missing_ok=True)
