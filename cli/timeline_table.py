"""A timeline for people."""

from rich.console import Console
from rich.table import Table

from models.campaigns.timeline import Event

_SHOWN = ("audience", "messages", "segments_per_second", "code", "country", "begins_at", "send_before")


def show_timeline(console: Console, events: list[Event]) -> None:
    """Prints entries, oldest first, in the time zone of the machine."""
    table = Table("When", "What", "By", "Why", box=None, padding=(0, 2, 0, 0))
    for event in events:
        when = event.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(when, event.what, event.actor, _why(event))
    console.print(table)


def _why(event: Event) -> str:
    details = [
        f"{name.replace('_', ' ')}: {event.detail[name]}" for name in _SHOWN if event.detail.get(name) is not None
    ]
    return "; ".join(([event.why] if event.why else []) + details)
