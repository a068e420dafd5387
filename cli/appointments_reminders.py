"""The reminders of an appointment as commands show them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from cli.appointments_list import clock, in_words, table_of, two_lines
from cli.messages_list import plain
from models.reminders.story import ReminderLine
from models.reminders.tables import Occasion


def reminders_table(lines: Sequence[ReminderLine]) -> Table:
    """A row for each, times as the clocks of the appointment's place show them."""
    table = table_of("Due", "Reminder", "State", "What happened")
    for line in lines:
        due, state = clock(line.due_at, line.timezone), in_words(line.state)
        two_lines(table, (due,), (_name(line),), (state,), (*_happened(line), line.reason))
    return table


def reminder_to_json(line: ReminderLine) -> dict[str, Any]:
    """A reminder for machines: times in UTC, `why` in a sentence."""
    shown = plain({**asdict(line), "state": line.state, "why": line.reason})
    return {name: value for name, value in shown.items() if name != "fate"}


def _name(line: ReminderLine) -> str:
    return f"{line.rule} (notice)" if line.occasion == Occasion.CANCELLATION else line.rule


def _happened(line: ReminderLine) -> Iterator[str]:
    """What happened when, in the order of its happening."""
    for what, at in (("sent", line.sent_at), ("delivered", line.delivered_at), (line.answer, line.answered_at)):
        if at is not None:
            yield f"{in_words(what)} {clock(at, line.timezone)}"
