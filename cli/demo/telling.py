"""How the demo tells its story: numbered chapters, addresses, and what became of each promise."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.demo.campaigns import Sent
from cli.demo.evidence import STOP
from cli.demo.promises import Promise
from cli.output import results
from deployments.stack_state import Addresses

_BROKEN_SHOWN = 5


class Teller:
    """Prints to standard output as it is now, and keeps how long each chapter took."""

    def __init__(self) -> None:
        self.console: Console = results()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def chapter(self, name: str, title: str) -> Iterator[None]:
        """One part of the story; its seconds are kept under `name`."""
        self.console.print(f"\n{len(self.seconds) + 1}  {title}", style="bold")
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(time.monotonic() - began, 1)

    def line(self, text: str) -> None:
        """A remark of lesser weight."""
        self.console.print(f"  {text}", style="dim")

    def addresses(self, addresses: Addresses) -> None:
        """Where to look on while it runs."""
        table = Table(show_header=False)
        table.add_row("Prefect UI", addresses.prefect)
        table.add_row("API", f"{addresses.api}/docs")
        table.add_row("Twilio simulator", addresses.simulator or "")
        self.console.print(table)

    def answers(self, sent: Sent) -> None:
        """What people answered meanwhile."""
        stops = sum(1 for message in sent.heard if message.keyword == STOP)
        self.console.print(f"{len(sent.heard) - stops:,} replies and {stops:,} STOPs came in meanwhile.")

    def verdict(self, promises: list[Promise]) -> None:
        """Each promise with a tick, or with what broke it."""
        table = Table.grid(padding=(0, 1))
        for promise in promises:
            mark, style = ("✓", "green") if promise.is_kept else ("✗", "bold red")
            table.add_row(Text(mark, style), Text(promise.words, style), Text(promise.figures, "dim"))
            for sentence in promise.broken[:_BROKEN_SHOWN]:
                table.add_row("", Text(sentence, "red"))
            if len(promise.broken) > _BROKEN_SHOWN:
                table.add_row("", Text(f"… and {len(promise.broken) - _BROKEN_SHOWN:,} more.", "red"))
        self.console.print(table)

    def times(self) -> None:
        """How long it all took."""
        parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.seconds.items())
        self.console.print(f"\nTook {sum(self.seconds.values()):.0f} s: {parts}.", style="dim")
