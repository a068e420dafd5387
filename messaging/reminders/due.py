"""When the reminders of one appointment are due, and until when each is of use: never after the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

from messaging.reminders.allowed import AllowedHours, first_from
from messaging.reminders.definition import ReminderRule
from messaging.reminders.moments import Missed, allowed_hours, moment, wished
from messaging.reminders.reasons import Reason


@dataclass(frozen=True, slots=True)
class Timing:
    """A reminder that comes: due from `due_at`, of no use from `send_before` on; `late`: its moment had passed."""

    due_at: datetime
    send_before: datetime
    late: bool = False


Verdict = Timing | Missed


def timings(
    rules: Sequence[ReminderRule],
    starts_at: datetime,
    zone: ZoneInfo,
    *,
    now: datetime,
    quiet: AllowedHours | None = None,
    catch_up: bool = True,
) -> Mapping[str, Verdict]:
    """The verdict on each rule's reminder of one appointment, by the rule's name.

    One whose moment has passed is due at once, or when the next allowed hour begins, as long as it is of use:
    until the next reminder's moment, if the rule says nothing else. Without `catch_up` it is too late.
    """
    moments = {rule.name: moment(rule, starts_at, zone, quiet) for rule in rules}
    found: dict[str, Verdict] = {name: each for name, each in moments.items() if isinstance(each, Missed)}
    at = {name: each for name, each in moments.items() if isinstance(each, datetime)}
    order = sorted(
        (rule for rule in rules if rule.name in at),
        key=lambda rule: (at[rule.name], wished(rule, starts_at, zone)),
    )
    for rule, following in zip_longest(order, order[1:]):
        coming = _Coming(rule, at[rule.name], starts_at, at[following.name] if following else None)
        due_at = coming.at
        if due_at < now:
            late = first_from(allowed_hours(rule, zone, quiet), now) if catch_up else None
            due_at = late or starts_at
        found[rule.name] = coming.verdict(due_at)
    return found


@dataclass(frozen=True, slots=True)
class _Coming:
    """A rule's moment `at`, and that of the reminder after it."""

    rule: ReminderRule
    at: datetime
    starts_at: datetime
    following: datetime | None

    def verdict(self, due_at: datetime) -> Verdict:
        """Whether it is still of use when it would be due."""
        deadline = self.starts_at - self.rule.minimum_notice
        if self.rule.useful_for is not None:
            send_before = min(deadline, self.at + self.rule.useful_for)
        else:
            send_before = min(deadline, self.following or deadline)
        if due_at < send_before:
            return Timing(due_at, send_before, late=due_at > self.at)
        overtaken = self.rule.useful_for is None and self.following is not None and due_at < deadline
        return Missed(Reason.OVERTAKEN if overtaken else Reason.TOO_LATE, self.at)
