"""A run's progress: a bar on a terminal, few lines elsewhere."""

import io
from collections import Counter
from datetime import UTC, datetime

import pytest
from rich.console import Console

from cli.progress import in_words, progress
from cli.watching import Glance
from models.campaigns.runs import Run
from models.campaigns.tables import RunState
from models.columns import new_id
from models.senders import SenderState


def glance(planned: int = 0, **counts: int) -> Glance:
    run = Run(
        id=new_id(),
        campaign_id=new_id(),
        organization_id=new_id(),
        sender_id=new_id(),
        occurrence="once",
        state=RunState.SENDING,
        state_reason=None,
        planned_at=datetime(2026, 11, 21, tzinfo=UTC),
        sender_state=SenderState.ACTIVE,
        sender_reason=None,
    )
    return Glance(run, Counter({"planned": planned, **counts}))


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (Glance(None), "waiting for the plan"),
        (glance(7), "7 planned"),
        (glance(1, sent=1200, delivered=3, skipped=1), "3 delivered, 1,200 sent, 1 skipped"),
    ],
)
def test_words(seen: Glance, words: str) -> None:
    assert in_words(seen) == words


def test_few_lines_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=io.StringIO(), width=40)
    now = 100.0
    monkeypatch.setattr("cli.progress.monotonic", lambda: now)
    with progress(console) as show:
        for seconds, seen in [
            (0, Glance(None)),
            (9, Glance(None)),
            (1, glance(2, sent=1)),
            (3, glance(1, sent=2)),
            (3, glance(1, sent=2)),
            (1, glance(0, sent=3)),
        ]:
            now += seconds
            show(seen)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines() == [
        "waiting for the plan",
        "1 of 3: 1 sent",
        "2 of 3: 2 sent",
        "3 of 3: 3 sent",
    ]


def test_the_words_leave_room_for_the_bar() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    words = {"delivered": 1010, "sent": 27, "queued": 10, "claimed": 11, "undelivered": 32, "skipped": 569}
    with progress(console) as show:
        show(glance(100, **words))
    assert isinstance(console.file, io.StringIO)
    shown = " ".join(console.file.getvalue().split())
    assert "━" * 20 in shown
    assert "1648/1759" in shown
    assert "569 skipped" in shown


def test_a_bar_on_a_terminal() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with progress(console) as show:
        show(Glance(None))
        show(glance(2, delivered=6, unknown=1))
    assert isinstance(console.file, io.StringIO)
    assert "7/9" in console.file.getvalue()
    assert "6 delivered, 1 unknown" in console.file.getvalue()
