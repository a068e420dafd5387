"""The moment that a rule names for an appointment: right across every change of a clock, in allowed hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from messaging.reminders.allowed import AllowedHours, LocalHours, last_until
from messaging.reminders.definition import CalendarDays, Elapsed, ReminderRule
from messaging.reminders.local_time import instant_of
from messaging.reminders.reasons import Reason


@dataclass(frozen=True, slots=True)
class Missed:
    """A reminder that does not come, and the moment `at` which it would have been due."""

    reason: Reason
    at: datetime


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
) -> datetime | Missed:
    """The instant at which the rule's reminder is due, booked early enough: earlier where its hour is not allowed.

    `quiet` are the hours that hold beside the rule's own.
    """
    if quiet is None:
        return _kept_moment(rule, starts_at, zone)
    return _moment(rule, starts_at, zone, allowed_hours(rule, zone, quiet))


@lru_cache(maxsize=65_536)
def _kept_moment(rule: ReminderRule, starts_at: datetime, zone: ZoneInfo) -> datetime | Missed:
    """Appointments start at few different times, so each is worked out once."""
    return _moment(rule, starts_at, zone, allowed_hours(rule, zone))


def _moment(
    rule: ReminderRule, starts_at: datetime, zone: ZoneInfo, hours: Sequence[AllowedHours]
) -> datetime | Missed:
    wish = wished(rule, starts_at, zone)
    if wish >= starts_at - rule.minimum_notice:
        return Missed(Reason.SHORT_NOTICE, wish)
    return last_until(hours, wish) or Missed(Reason.NO_HOURS, wish)


def allowed_hours(rule: ReminderRule, zone: ZoneInfo, quiet: AllowedHours | None = None) -> list[AllowedHours]:
    """All hours in which the rule's reminder may be due, for an appointment in this zone."""
    hours: list[AllowedHours] = [] if quiet is None else [quiet]
    if rule.earliest is not None and rule.latest is not None:
        hours.append(LocalHours(zone, rule.earliest, rule.latest))
    return hours
