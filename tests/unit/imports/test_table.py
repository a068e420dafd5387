"""Rows with the exact line they begin on, whatever the delimiter, quotes and blank lines around them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from models.imports.faults import ImportRefused
from models.imports.table import Table, open_table
from models.imports.text_lines import TextLines


def table_of(folder: Path, content: str, *, columns: Mapping[str, str] | None = None) -> Table:
    path = folder / "people.csv"
    path.write_text(content, encoding="utf-8", newline="")
    return open_table(TextLines(path), columns=columns or {})


def rows_of(table: Table) -> list[tuple[int, list[str]]]:
    return [row for chunk in table.chunks() for row in zip(chunk.lines, chunk.rows, strict=True)]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param("phone,a\n1,x\n2,y\n", [(2, ["1", "x"]), (3, ["2", "y"])], id="plain"),
        pytest.param("\ufeffphone,a\r\n1,x\r\n", [(2, ["1", "x"])], id="byte order mark, Windows line ends"),
        pytest.param("phone,a\r1,x\r2,y", [(2, ["1", "x"]), (3, ["2", "y"])], id="old Mac line ends, no last one"),
        pytest.param(
            'phone,a\n1,"x\nx\r\nx"\n2,y\n', [(2, ["1", "x\nx\r\nx"]), (5, ["2", "y"])], id="line ends in quotes"
        ),
        pytest.param('"phone","a\nb"\n1,x\n', [(3, ["1", "x"])], id="a line end in the header"),
        pytest.param("\n\nphone,a\n\n1,x\n,\n \n2,y\n", [(5, ["1", "x"]), (8, ["2", "y"])], id="blank rows"),
        pytest.param("phone;a\n1;x,y\n", [(2, ["1", "x,y"])], id="semicolons"),
        pytest.param("phone\ta\n1\tx\n", [(2, ["1", "x"])], id="tabs"),
        pytest.param('"phone";"a"\n"1";"x"\n', [(2, ["1", "x"])], id="everything quoted"),
        pytest.param(
            "phone;name (last, first, other)\n1;x\n", [(2, ["1", "x"])], id="more commas than semicolons"
        ),
        pytest.param("phone\n1\n", [(2, ["1"])], id="one column"),
        pytest.param('phone, a\n1, "x, y"\n', [(2, ["1", "x, y"])], id="blank before a quote"),
        pytest.param("phone,a,,\n1,x,,\n", [(2, ["1", "x"])], id="unnamed empty columns at the end"),
        pytest.param('phone,a\n1,x"y\n', [(2, ["1", 'x"y'])], id="a quote within a plain value"),
        pytest.param("phone,a\n", [], id="only a header"),
    ],
)
def test_rows_come_with_their_lines(tmp_path: Path, content: str, rows: list[tuple[int, list[str]]]) -> None:
    assert rows_of(table_of(tmp_path, content)) == rows


@pytest.mark.parametrize(
    ("row", "code", "value"),
    [
        pytest.param("1\n", "too_few_values", "1", id="too few"),
        pytest.param("1,x,y\n", "too_many_values", "1,x,y", id="too many"),
        pytest.param('1,"x"y\n', "quote", '1,"x"y', id="text after a closing quote"),
        pytest.param("1,x\0\n", "nul", "1,x\\0", id="NUL"),
        pytest.param(f"1,{'x' * 140_000}\n", "too_long", f"1,{'x' * 140_000}", id="endless value"),
    ],
)
def test_a_row_of_the_wrong_shape_is_refused_alone(tmp_path: Path, row: str, code: str, value: str) -> None:
    (chunk,) = table_of(tmp_path, f"phone,a\n0,ok\n{row}2,ok\n").chunks()
    assert (chunk.lines, chunk.rows) == ([2, 4], [["0", "ok"], ["2", "ok"]])
    (refusal,) = chunk.refusals
    assert (refusal.line, refusal.fault.code, refusal.fault.value) == (3, code, value)


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param('1,"x\n2,y\n3,z\n', id="never closed"),
        pytest.param('1,"x\n2,"y"\n3,z\n', id="closed by the next quote"),
        pytest.param('1,"x\n' + "2,y\n" * 50_000, id="never closed in a long file"),
    ],
)
def test_a_quote_that_swallows_lines_refuses_the_file(tmp_path: Path, rest: str) -> None:
    table = table_of(tmp_path, f"phone,a\n0,ok\n{rest}")
    with pytest.raises(ImportRefused, match=r"people.csv: Line 3: a quotation mark .* not closed before line \d+"):
        rows_of(table)


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        pytest.param(
            "mobile,Name\n1,x\n", 'no column phone among "mobile", "Name"; .*--map phone=COLUMN', id="none"
        ),
        pytest.param("phone,a,A \n", '2 columns named "a"', id="repeated, but for case"),
        pytest.param("phone,First Name,first_name\n", '2 columns named "first_name"', id="one field twice"),
        pytest.param("phone,,a\n", "Column 2 has no name", id="unnamed"),
        pytest.param('"phone\n1\n', "does not begin with a line of column names", id="a header without an end"),
        pytest.param(
            "phone,a plan\0,city\n", "does not begin with a line of column names", id="NUL in the header"
        ),
    ],
)
def test_a_header_that_cannot_be_used_refuses_the_file(tmp_path: Path, header: str, sentence: str) -> None:
    with pytest.raises(ImportRefused, match=sentence):
        table_of(tmp_path, header)


def test_chunks_hold_every_row_once(tmp_path: Path) -> None:
    table = table_of(tmp_path, "phone\n" + "".join(f"{number}\n" for number in range(25)))
    chunks = [chunk.lines for chunk in table.chunks(size=10)]
    assert [len(lines) for lines in chunks] == [10, 10, 5]
    assert [line for lines in chunks for line in lines] == list(range(2, 27))
