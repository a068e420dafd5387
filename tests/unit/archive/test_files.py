"""The archive's files: whole or not there, found by the time of what is in them, wherever fsspec puts them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from models.archive.files import ArchiveFiles, ArchiveUnusable, file_name, pack

NOON = datetime(2026, 3, 2, 12, 0, 0, 500_000, tzinfo=UTC)
LINES: list[dict[str, Any]] = [
    {"dedupe_key": "inbound:SM1", "payload": [["Body", "é\n'\""]]},
    {"dedupe_key": "inbound:SM2"},
]


@pytest.fixture(params=["file", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> ArchiveFiles:
    return ArchiveFiles.at(f"file://{tmp_path}/deep/archive" if request.param == "file" else f"memory://{uuid4()}")


def name(first: datetime, last: datetime, *, tag: str = "ab") -> str:
    return file_name(first=first, last=last, first_id=1, last_id=9, tag=tag)


def test_what_is_written_is_read(files: ArchiveFiles) -> None:
    written = name(NOON, NOON)
    assert written == "2026/03/02/20260302T120000Z-20260302T120000Z-1-9-ab.jsonl.gz"
    files.write(written, pack(LINES))
    files.write(written, pack(LINES))
    assert files.names() == [written]
    assert list(files.read(written)) == LINES
    files.remove(written)
    files.remove(written)
    assert files.names() == []


def test_an_archive_without_a_file_is_empty(files: ArchiveFiles) -> None:
    assert files.names() == []


@pytest.mark.parametrize(
    ("since", "until", "is_found"),
    [
        (None, None, True),
        (0, 3600, True),
        (3600, None, True),
        (3601, None, False),
        (None, 0, True),
        (None, -1, False),
        (1800, 1801, True),
    ],
)
def test_a_file_is_found_by_its_span(
    files: ArchiveFiles, since: float | None, until: float | None, *, is_found: bool
) -> None:
    """Seconds from its first delivery, half a second into its second; the last is an hour later."""
    spans = name(NOON, NOON + timedelta(hours=1))
    files.write(spans, pack([]))
    moments = [None if each is None else NOON + timedelta(seconds=each) for each in (since, until)]
    assert files.names(since=moments[0], until=moments[1]) == ([spans] if is_found else [])


def test_what_is_half_written_or_foreign_is_passed_by(tmp_path: Path) -> None:
    files = ArchiveFiles.at(f"file://{tmp_path}")
    for foreign in ("notes.txt", f"{name(NOON, NOON)}.part", "2026/x.jsonl.gz"):
        path = tmp_path / foreign
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    assert files.names() == []


def test_the_same_deliveries_are_the_same_bytes() -> None:
    assert pack(LINES) == pack(LINES)


@pytest.mark.parametrize("url", ["nowhere://x", "s3//bucket:"])
def test_an_address_of_no_known_kind_is_refused(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ArchiveUnusable, match="file:///folder"):
        ArchiveFiles.at(url)


def test_a_broken_file_is_told_in_a_sentence(files: ArchiveFiles) -> None:
    broken = name(NOON, NOON)
    files.write(broken, b"no gzip")
    with pytest.raises(ArchiveUnusable, match="cannot be read: BadGzipFile"):
        files.read(broken)
