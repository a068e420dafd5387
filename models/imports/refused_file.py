"""The rows that were refused, written to a CSV file of their own, to be corrected and imported again."""

import csv
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TextIO

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
    # With a byte order mark, or spreadsheets take UTF-8 for something else.
    with _nameless_beside(path) as raw, TextIOWrapper(raw, encoding="utf-8-sig", newline="") as file:
        refused = RefusedFile(file, header=header, delimiter=delimiter)
        yield refused
        file.flush()
        if refused.rows:
            _publish(raw, path)
        else:
            path.unlink(missing_ok=True)


def _nameless_beside(path: Path) -> IO[bytes]:
    """A file that goes with the process, so that an import that is killed leaves no half of a report."""
    try:
        return TemporaryFile(dir=path.parent)
    except OSError as error:
        raise ImportRefused(
            f"The refused rows cannot be written to {path} ({os.strerror(error.errno or 0)}); "
            "name a file elsewhere (--refused FILE)."
        ) from None


def _publish(raw: IO[bytes], path: Path) -> None:
    whole = path.with_name(f".{path.name}.{os.getpid()}")
    raw.seek(0)
    with whole.open("wb") as file:
        shutil.copyfileobj(raw, file)
    whole.replace(path)
