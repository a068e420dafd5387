"""A person's appointments as the oracle holds them, and how the calendar and the person change them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.reminders_week.rules import Rule
from tests.reminders_week.steps import Appointment
from tests.reminders_week.wishes import Wish, notices, reminders

OPEN = ("booked", "confirmed", "reschedule_requested")


@dataclass
class Held:
    """One of them. Its start and its being open hold `since` then; `file_says` is what the last file said."""

    its: Appointment
    state: str
    since: datetime
    file_says: str = "booked"
    notices: list[Wish] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the person is expected."""
        return self.state in OPEN


@dataclass
class Book:
    """All of them, by name; `reminded` are those of which a reminder came, whatever start it told."""

    rules: Sequence[Rule]
    held: dict[str, Held] = field(default_factory=dict)

    def wishes(self) -> Iterator[Wish]:
        """Everything that is wanted now."""
        for held in self.held.values():
            yield from held.notices
            if held.is_open:
                is_confirmed = held.state == "confirmed"
                yield from reminders(held.its, self.rules, since=held.since, is_confirmed=is_confirmed)

    def filed(self, its: Appointment, *, now: datetime, reminded: Collection[str]) -> None:
        """A file has it so. A state that a file only repeats is no news."""
        held = self.held.get(its.name)
        moved = held is not None and held.its.starts_at != its.starts_at
        news = held is None or moved or held.file_says != its.state
        self._become(its, its.state if news or held is None else held.state, now=now, reminded=reminded)
        self.held[its.name].file_says = its.state

    def booked(self, its: Appointment, *, now: datetime, reminded: Collection[str]) -> None:
        """The API has it so; the calendar names a state only when that is what changes."""
        held = self.held.get(its.name)
        state = its.state if held is None or its.state != "booked" or its.says_state else held.state
        if held is not None and held.its.starts_at != its.starts_at and held.is_open and state in OPEN:
            state = "booked"
        self._become(its, state, now=now, reminded=reminded)

    def answered(self, name: str, state: str) -> None:
        """The person has brought it into a state."""
        self.held[name].state = state

    def _become(self, its: Appointment, state: str, *, now: datetime, reminded: Collection[str]) -> None:
        held = self.held.get(its.name)
        if held is None:
            self.held[its.name] = Held(its, state, now)
            return
        was_open, moved = held.is_open, held.its.starts_at != its.starts_at
        held.its, held.state = its, state
        if moved or (held.is_open and not was_open):
            held.since = now
        if held.is_open or moved:
            held.notices = []
        if state == "canceled" and was_open and its.starts_at > now:
            held.notices = list(notices(its, self.rules, now=now, was_reminded=its.name in reminded))
