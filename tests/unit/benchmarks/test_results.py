"""The file of results: a benchmark replaces its own section and no other."""

from pathlib import Path

from benchmarks.results import keep, unknown
from benchmarks.table import Table

MACHINE = "2 cores"


def table(figure: str, *, listing: str = "") -> Table:
    return Table(
        title="so fast", columns=["", "rows/s"], rows=[["Tidings", figure]], notes=["A note."], listing=listing
    )


def test_a_section_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    keep("send", [table("1")], moment="on Monday", machine=MACHINE, path=path)
    keep("claim", [table("2", listing="Limit\n  -> Index Scan")], moment="on Monday", machine=MACHINE, path=path)
    keep("send", [table("3")], moment="on Tuesday", machine=MACHINE, path=path)
    text = path.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## claim", "## send"]
    assert "| Tidings | 1 |" not in text
    assert "| Tidings | 2 |" in text
    assert "| Tidings | 3 |" in text
    assert text.count("on Monday") == 1
    assert text.count("# How fast Tidings is") == 1


def test_keeping_the_same_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    for name in ("send", "plan"):
        keep(name, [table("1", listing="Limit")], moment="now", machine=MACHINE, path=path)
    before = path.read_text(encoding="utf-8")
    keep("plan", [table("1", listing="Limit")], moment="now", machine=MACHINE, path=path)
    assert path.read_text(encoding="utf-8") == before


def test_a_name_that_is_none_is_told_with_those_there_are() -> None:
    assert unknown(["plan"], {"plan": 1, "claim": 2}) == ""
    assert unknown(["plam"], {"plan": 1, "claim": 2}) == "There is no benchmark plam; there are plan, claim."
