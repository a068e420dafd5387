"""Which files are read as text, in which encoding, and which are refused, with what sentence."""

from pathlib import Path

import pytest

from models.imports.faults import ImportRefused
from models.imports.text_lines import LONGEST_LINE, TextLines

TEXT = "phone,name\n+12025550123,Jürgen\n"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        pytest.param(TEXT.encode(), None, id="UTF-8"),
        pytest.param(TEXT.encode("utf-8-sig"), None, id="UTF-8 with its mark"),
        pytest.param(TEXT.encode("utf-16"), None, id="UTF-16, little endian, with its mark"),
        pytest.param(b"\xfe\xff" + TEXT.encode("utf-16-be"), None, id="UTF-16, big endian, with its mark"),
        pytest.param(TEXT.encode("cp1252"), "cp1252", id="cp1252, named"),
        pytest.param(TEXT.encode("utf-16-le"), "utf-16-le", id="UTF-16 without its mark, named"),
        pytest.param(TEXT.encode("utf-8-sig"), "cp1252", id="a mark outweighs the name"),
    ],
)
def test_text_is_read_as_it_was_written(tmp_path: Path, content: bytes, named: str | None) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    assert list(TextLines(path, encoding=named)) == TEXT.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("content", "named", "sentence"),
    [
        pytest.param(b"", None, "is empty", id="empty"),
        pytest.param(b" \r\n\n", None, "is empty", id="blank lines only"),
        pytest.param(
            TEXT.encode("cp1252"), None, "line 2 has the byte 0xFC at character 15", id="cp1252, unnamed"
        ),
        pytest.param(b"phone\n\x81\n", "cp1252", "is not CP1252: line 2 has the byte 0x81", id="no cp1252 either"),
        pytest.param(TEXT.encode("utf-16")[:-1], None, "is not valid utf-16 after line 1", id="UTF-16 cut off"),
        pytest.param(TEXT.encode("utf-16-le"), None, "UTF-16 without its byte order mark", id="UTF-16 unmarked"),
        pytest.param(b"PK\x03\x04rest", None, "is an Excel or zip file, not CSV", id="workbook"),
        pytest.param(b"phone\n", "klingon", 'no encoding "klingon"', id="unknown encoding"),
        pytest.param(b"phone\n", "base64", 'no encoding "base64"', id="an encoding, but not of text"),
        pytest.param(b"a" * (LONGEST_LINE + 1), None, "characters on line 1", id="one endless line"),
    ],
)
def test_what_is_not_text_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, named: str | None, sentence: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused) as refused:
        list(TextLines(path, encoding=named))
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_folder_and_an_absent_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="is a folder"):
        TextLines(tmp_path)
    with pytest.raises(ImportRefused, match="There is no file"):
        TextLines(tmp_path / "absent.csv")


def test_reading_tells_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"phone\n" + b"+12025550123\n" * 10_000)
    lines = TextLines(path)
    seen = [lines.bytes_read for _ in lines]
    assert seen == sorted(seen)
    assert 0 < seen[0] < lines.size
    assert seen[-1] == lines.size
