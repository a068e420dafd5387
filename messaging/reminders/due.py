"""When the reminders of one appointment are due: right across every change of a clock, and before the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import zip_longest
from zoneinfo import ZoneInfo

from messaging.reminders.allowed import AllowedHours, LocalHours, first_from, last_until
from messaging.reminders.definition import CalendarDays, Elapsed, ReminderRule
from messaging.reminders.local_time import instant_of
from messaging.reminders.reasons import Reason


@dataclass(frozen=True, slots=True)
class Timing:
    """A reminder that comes: due from `due_at`, of no use from `send_before` on."""

    due_at: datetime
    send_before: datetime


Verdict = Timing | Reason
"""When a reminder is due, or why it does not come."""


def wished(rule: ReminderRule, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """The instant that the rule names, whatever the hour."""
    if isinstance(rule.when, Elapsed):
        return starts_at - rule.when.before
    return _day_before(rule.when, starts_at.astimezone(zone).replace(tzinfo=None), zone)


def _day_before(when: CalendarDays, start: datetime, zone: ZoneInfo) -> datetime:
    day = start.date() - timedelta(days=when.days)
    return instant_of(datetime.combine(day, when.at or start.time()), zone)


def moment(
    rule: ReminderRule, starts_at: datetime, zone: ZoneInfo, quiet: AllowedHours | None = None
) -> datetime | Reason:
    """The instant at which the rule's reminder is due, booked early enough: earlier where its hour is not allowed.

    `quiet` are the hours that hold beside the rule's own.
    """
    if quiet is None:
        return _kept_moment(rule, starts_at, zone)
    return _moment(rule, starts_at, zone, allowed_hours(rule, zone, quiet))


@lru_cache(maxsize=65_536)
def _kept_moment(rule: ReminderRule, starts_at: datetime, zone: ZoneInfo) -> datetime | Reason:
    """Appointments start at few different times, so each is worked out once."""
    return _moment(rule, starts_at, zone, allowed_hours(rule, zone))


def _moment(
    rule: ReminderRule, starts_at: datetime, zone: ZoneInfo, hours: Sequence[AllowedHours]
) -> datetime | Reason:
    wish = wished(rule, starts_at, zone)
    if wish >= starts_at - rule.minimum_notice:
        return Reason.SHORT_NOTICE
    return last_until(hours, wish) or Reason.NO_HOURS


def allowed_hours(rule: ReminderRule, zone: ZoneInfo, quiet: AllowedHours | None = None) -> list[AllowedHours]:
    """All hours in which the rule's reminder may be due, for an appointment in this zone."""
    hours: list[AllowedHours] = [] if quiet is None else [quiet]
    if rule.earliest is not None and rule.latest is not None:
        hours.append(LocalHours(zone, rule.earliest, rule.latest))
    return hours


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
    found: dict[str, Verdict] = {name: each for name, each in moments.items() if isinstance(each, Reason)}
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
            return Timing(due_at, send_before)
        overtaken = self.rule.useful_for is None and self.following is not None and due_at < deadline
        return Reason.OVERTAKEN if overtaken else Reason.TOO_LATE
