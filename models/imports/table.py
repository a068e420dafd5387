"""A delimited text file as a header and chunks of rows, read as it streams by."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import dropwhile, islice
from pathlib import Path

from models.imports.faults import Fault, ImportRefused, Refusal
from models.imports.header import CONTACTS, Header, HeaderRefused, Known, read_header, recognised
from models.imports.records import Record, RecordsRefused, read_records
from models.imports.text_lines import TextLines

CHUNK_ROWS = 20_000
_DELIMITERS = (",", ";", "\t")


@dataclass(slots=True)
class Chunk:
    """Rows that have one cell for each column, with the lines they begin on; and those refused for their shape."""

    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    blank: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose header was understood."""

    lines: TextLines
    delimiter: str
    header: Header

    def chunks(self, *, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """The rows below the header, `size` records at a time. Raises `ImportRefused` as reading does."""
        records = islice(_from_header(self.lines, self.delimiter), 1, None)
        while batch := self._batch(records, size):
            yield self._chunk(batch)

    def _batch(self, records: Iterator[Record], size: int) -> list[Record]:
        with named(self.lines.path):
            return list(islice(records, size))

    def _chunk(self, batch: list[Record]) -> Chunk:
        chunk = Chunk()
        for record in batch:
            if record.is_blank:
                chunk.blank += 1
                continue
            fault = record.fault or self._width_fault(record)
            if fault:
                chunk.refusals.append(Refusal(record.line, (), fault))  # nobody knows which cell is which
            else:
                chunk.lines.append(record.line)
                chunk.rows.append(list(record.cells[: self.header.width]))
        return chunk

    def _width_fault(self, record: Record) -> Fault | None:
        width, found = self.header.width, len(record.cells)
        if found == width or (found > width and not any(cell.strip() for cell in record.cells[width:])):
            return None
        few_or_many = "few" if found < width else "many"
        reason = f"The row has {found} values, the first line names {width} columns; is a quotation mark missing?"
        return Fault(f"too_{few_or_many}_values", reason, self.delimiter.join(record.cells))


def open_table(lines: TextLines, *, columns: Mapping[str, str], known: Known = CONTACTS) -> Table:
    """Finds delimiter and columns in the first record. `columns` and `known` as for `read_header`.

    Raises `ImportRefused` when the first record is no header of such a file.
    """
    tried = [(delimiter, _first_cells(lines, delimiter)) for delimiter in _DELIMITERS]
    readable = [(delimiter, cells) for delimiter, cells in tried if cells]
    if not readable:
        raise ImportRefused(
            f"{lines.path} does not begin with a line of column names; it needs one, and a row for each contact."
        )
    delimiter, cells = max(
        readable, key=lambda one: (recognised(one[1], columns=columns, known=known), len(one[1]))
    )
    with named(lines.path):
        return Table(lines, delimiter, read_header(cells, columns=columns, known=known))


def _first_cells(lines: TextLines, delimiter: str) -> Sequence[str]:
    """The first record's cells; none when it is no record with this delimiter."""
    try:
        first = next(_from_header(lines, delimiter), None)
    except RecordsRefused:
        return ()
    return first.cells if first else ()


def _from_header(lines: TextLines, delimiter: str) -> Iterator[Record]:
    return dropwhile(lambda record: record.is_blank, read_records(lines, delimiter=delimiter))


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Puts the file's name before what is wrong with it: raises `ImportRefused`."""
    try:
        yield
    except (HeaderRefused, RecordsRefused) as refused:
        raise ImportRefused(f"{path}: {refused}") from None
