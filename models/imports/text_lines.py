"""A text file as its physical lines: its encoding known for certain, or the file refused; never guessed text."""

import codecs
import os
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

from models.imports.faults import ImportRefused

LONGEST_LINE = 1_000_000
"""Characters; beyond it the file is not a table, and reading on would not be constant memory."""

_SAMPLE = 4096
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_NOT_TEXT = {
    b"PK\x03\x04": "an Excel or zip file",
    b"\xd0\xcf\x11\xe0": "an Excel file",
    b"\x1f\x8b": "a gzip file",
}


class TextLines:
    """The lines of a file, ends included; `bytes_read` tells how far reading has come out of `size`.

    The encoding is what a byte order mark says, else the one that was named, else UTF-8.
    Raises `ImportRefused` when it is made or read: no such file, not text, not in its encoding.
    """

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        self.path = path
        self.bytes_read = 0
        start = self._start()
        self.size = path.stat().st_size
        self.encoding = self._encoding_of(start, encoding)

    def __iter__(self) -> Iterator[str]:
        # Bytes that do not fit come through as lone surrogates, so that the line they are on is known.
        errors = "strict" if self.encoding == "utf-16" else "surrogateescape"
        number = 0
        try:
            with self.path.open("rb") as raw, TextIOWrapper(raw, self.encoding, errors, newline="") as file:
                while line := file.readline(LONGEST_LINE):
                    number += 1
                    self._check(line, number)
                    self.bytes_read = raw.tell()
                    yield line
        except UnicodeError:
            raise self._refused(f"is not valid {self.encoding} after line {number}; save it as UTF-8") from None

    def _start(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                if not self.path.is_file():
                    raise self._refused("is not a regular file; copy what it gives into one")
                return file.read(_SAMPLE)
        except FileNotFoundError:
            raise ImportRefused(f"There is no file {self.path}; check its name and folder.") from None
        except IsADirectoryError:
            raise self._refused("is a folder; name a CSV file in it") from None
        except OSError as error:
            raise self._refused(
                f"cannot be read ({os.strerror(error.errno or 0)}); check its permissions"
            ) from None

    def _encoding_of(self, start: bytes, chosen: str | None) -> str:
        if not start.strip():
            raise self._refused("is empty; it needs a line of column names and a row for each contact")
        for magic, kind in _NOT_TEXT.items():
            if start.startswith(magic):
                raise self._refused(f"is {kind}, not CSV; export the sheet as CSV UTF-8")
        for mark, encoding in _MARKS.items():
            if start.startswith(mark):
                return encoding
        if chosen:
            return _known(chosen)
        if start.count(0) > len(start) // 10:
            raise self._refused("is not text, or UTF-16 without its byte order mark; save it as CSV UTF-8")
        return "utf-8"

    def _check(self, line: str, number: int) -> None:
        if len(line) == LONGEST_LINE:
            raise self._refused(f"has more than {LONGEST_LINE:,} characters on line {number}; is it a CSV file?")
        if line.isascii():
            return
        try:
            line.encode("utf-8")
        except UnicodeEncodeError as error:
            byte = ord(line[error.start]) & 0xFF
            raise self._refused(
                f"is not {self.encoding.removesuffix('-sig').upper()}: line {number} has the byte 0x{byte:02X} at "
                f"character {error.start + 1}; save it as UTF-8, or name its encoding (--encoding cp1252)"
            ) from None

    def _refused(self, what: str) -> ImportRefused:
        return ImportRefused(f"{self.path} {what}{'' if what.endswith('?') else '.'}")


def _known(encoding: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        raise ImportRefused(f'There is no encoding "{encoding}"; name one such as utf-8 or cp1252.') from None
    return encoding
