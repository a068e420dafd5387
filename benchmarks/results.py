"""Results for people: printed as tables, and kept in `RESULTS.md`, where a benchmark replaces its own section."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

from benchmarks.table import Table

RESULTS = Path(__file__).parent / "RESULTS.md"
_HEAD = """# How fast Tidings is

Written by `make bench`; each section says when, on what, and how busy that machine was. Contestants of one table
ran side by side in one run: compare the ratios, which travel; the figures do not.

"""
_SECTION = re.compile(r"^## ", re.MULTILINE)


def show(table: Table) -> None:
    """Prints a table to the terminal."""
    console = Console()
    drawn = RichTable(title=table.title, title_justify="left")
    for number, column in enumerate(table.columns):
        drawn.add_column(column, justify="left" if number == 0 else "right")
    for row in table.rows:
        drawn.add_row(*row)
    console.print(drawn)
    for note in table.notes:
        console.print(f"  {note}", highlight=False)
    if table.listing:
        console.print(table.listing, highlight=False, markup=False, soft_wrap=True)


def keep(name: str, tables: Sequence[Table], *, moment: str, machine: str, path: Path = RESULTS) -> None:
    """Puts the tables into the file as the section of this benchmark; other sections stay as they are."""
    sections = _sections(path)
    body = "\n".join(_markdown(table) for table in tables)
    sections[name] = f"## {name}\n\n{moment}\n{machine}\n\n{body}"
    path.write_text(_HEAD + "\n".join(sections[each] for each in sorted(sections)), encoding="utf-8")


def _sections(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    parts = _SECTION.split(path.read_text(encoding="utf-8"))[1:]
    return {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in parts}


def _markdown(table: Table) -> str:
    lines = [f"### {table.title}", "", _line(table.columns), _line([":--", *["--:"] * (len(table.columns) - 1)])]
    lines += [_line(row) for row in table.rows]
    lines += ["", *(f"- {note}" for note in table.notes)]
    if table.listing:
        lines += ["", "```", table.listing, "```"]
    return "\n".join([*lines, ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def unknown(names: Sequence[str], known: Mapping[str, object]) -> str:
    """What to say of names that are none, or an empty text."""
    wrong = [name for name in names if name not in known]
    return f"There is no benchmark {', '.join(wrong)}; there are {', '.join(known)}." if wrong else ""
