"""The reminders of an appointment as commands show them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from cli.appointments_list import clock, in_words
from cli.messages_list import plain
from models.reminders.story import ReminderLine
from models.reminders.tables import Occasion


def reminders_table(lines: Sequence[ReminderLine]) -> Table:
    """A row for each, times as the clocks of the appointment's place show them."""
    table = Table("Reminder", "Due", "State", "Sent", "Delivered", "Answer", "Why")
    for line in lines:
        sent, delivered = (clock(moment, line.timezone) for moment in (line.sent_at, line.delivered_at))
        due = clock(line.due_at, line.timezone)
        table.add_row(_name(line), due, in_words(line.state), sent, delivered, _answer(line), line.reason or "")
    return table


def reminder_to_json(line: ReminderLine) -> dict[str, Any]:
    """A reminder for machines: times in UTC, `why` in a sentence."""
    shown = plain({**asdict(line), "state": line.state, "why": line.reason})
    return {name: value for name, value in shown.items() if name != "fate"}


def _name(line: ReminderLine) -> str:
    return f"{line.rule} (notice)" if line.occasion == Occasion.CANCELLATION else line.rule


def _answer(line: ReminderLine) -> str:
    return f"{in_words(line.answer)} {clock(line.answered_at, line.timezone)}".strip()
