"""A run's progress for people: a live bar on a terminal, a line now and then elsewhere."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from cli.watching import Glance
from models.columns import utc_now

SECONDS_BETWEEN_LINES = 5.0
_BAR, _FIGURES = 24, len("9999/9999")
_SHOWN = (
    "delivered",
    "read",
    "sent",
    "sending",
    "queued",
    "accepted",
    "claimed",
    "undelivered",
    "failed",
    "unknown",
    "canceled",
    "expired",
    "skipped",
)


@contextmanager
def progress(console: Console) -> Iterator[Callable[[Glance], None]]:
    """Gives a function that shows a glance at the run."""
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (
        BarColumn(bar_width=_BAR, table_column=Column(min_width=_BAR)),
        MofNCompleteColumn(table_column=Column(no_wrap=True, min_width=_FIGURES)),
        TimeElapsedColumn(table_column=Column(no_wrap=True, min_width=len("0:00:00"))),
        TextColumn(
            "{task.description}", markup=False, table_column=Column(ratio=1)
        ),  # the words fold, not the bar
    )
    with Progress(*columns, console=console, expand=True) as live:
        task = live.add_task("waiting for the plan", total=None)

        def show(glance: Glance) -> None:
            audience = glance.counts.total()
            live.update(
                task, total=audience or None, completed=audience - glance.left, description=in_words(glance)
            )

        yield show


def in_words(glance: Glance) -> str:
    """What the messages of the run are, in one line; the most telling states first."""
    if glance.run is None or glance.run.planned_at is None:
        return "waiting for the plan"
    parts = [glance.held.words(now=utc_now())] if glance.held else []
    parts += [f"{glance.counts[state]:,} {state}" for state in _SHOWN if glance.counts[state]]
    return ", ".join(parts) or f"{glance.left:,} planned"


def _lines(console: Console) -> Callable[[Glance], None]:
    last_line, last_time = "", -math.inf

    def show(glance: Glance) -> None:
        nonlocal last_line, last_time
        audience = glance.counts.total()
        line = (
            in_words(glance) if not audience else f"{audience - glance.left:,} of {audience:,}: {in_words(glance)}"
        )
        due = monotonic() - last_time >= SECONDS_BETWEEN_LINES
        if line != last_line and (due or glance.is_done):
            console.print(line, soft_wrap=True, markup=False, highlight=False)
            last_line, last_time = line, monotonic()

    return show
