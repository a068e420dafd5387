"""Reminder rules: which appointments a rule is for, how long before the start it writes, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta


@dataclass(frozen=True, slots=True)
class Elapsed:
    """So much time before the start, by a stopwatch: 24 hours are 24 hours, also when the clocks change."""

    before: timedelta


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """So many days of the calendar before the day of the start, by the clock of the appointment's place.

    `at` is the time of that day; None is the time at which the appointment starts.
    """

    days: int
    at: time | None = None


When = Elapsed | CalendarDays


@dataclass(frozen=True, slots=True)
class CancellationNotice:
    """What is said when an appointment is cancelled; `only_if_reminded`: to whom a reminder of it had left."""

    text: str
    only_if_reminded: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRule:
    """One reminder. Without `kinds` it is for appointments of every kind.

    `earliest` and `latest`, both or neither, are the first and last time of day at which it is due, where the
    appointment is. It never comes less than `minimum_notice` before the start. `useful_for` is how long after its
    moment it may still leave; None: until the next reminder of the appointment is due.
    """

    name: str
    when: When
    text: str
    kinds: frozenset[str] = frozenset()
    only_if_unconfirmed: bool = False
    earliest: time | None = None
    latest: time | None = None
    minimum_notice: timedelta = timedelta()
    useful_for: timedelta | None = None
    channel: str = "sms"
    schedule_at_twilio: bool = False
    on_cancel: CancellationNotice | None = None

    def fits(self, kind: str) -> bool:
        """Whether the rule is for appointments of this kind, however it is capitalized."""
        return not self.kinds or kind.casefold() in self.kinds


@dataclass(frozen=True, slots=True)
class ReminderRules:
    """All rules of an organization, by their names, in the order of their file."""

    rules: Mapping[str, ReminderRule] = field(default_factory=dict)

    def for_kind(self, kind: str) -> list[ReminderRule]:
        """The rules for appointments of this kind."""
        return [rule for rule in self.rules.values() if rule.fits(kind)]
