"""Ten times the rows take no more memory: nothing of a chunk is kept once the next one is read."""

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

from models.imports.cleaning import clean
from models.imports.report import ImportReport
from models.imports.table import open_table
from models.imports.text_lines import TextLines

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def peak_of(path: Path, *, rows: int) -> int:
    """Bytes at most, of Python's own, while a file of many numbers, some of them bad, is read and cleaned."""
    path.write_text(
        "phone,email,tags,plan\n"
        + "".join(f"+4420794{number:05d}{'' if number % 9 else 'x'},,a;b,gold\n" for number in range(rows))
    )
    table = open_table(TextLines(path), columns={})
    report = ImportReport(file=path.name, organization="default")
    tracemalloc.start()
    for chunk in table.chunks(size=400):
        cleaned = clean(chunk, header=table.header, region="US", accept="valid", now=NOW)
        report.add(good=len(cleaned.rows), blank=0, refusals=cleaned.refusals[:1], warnings=cleaned.warnings)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.rows > rows // 2
    return peak


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peak_of(tmp_path / "first.csv", rows=800)  # libphonenumber and pandas keep what they compile and load
    small = peak_of(tmp_path / "small.csv", rows=800)
    large = peak_of(tmp_path / "large.csv", rows=8_000)
    assert large < 1.3 * small
