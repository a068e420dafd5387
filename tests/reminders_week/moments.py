"""When a rule's reminder is due, found by looking at the clock on the wall, minute after minute."""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from tests.reminders_week.rules import Rule

MINUTE = timedelta(minutes=1)
FAR = 3 * 24 * 60


@cache
def wished(rule: Rule, starts_at: datetime, zone: str) -> datetime:
    """The moment that the rule names, whatever the hour."""
    if rule.before is not None:
        return starts_at - rule.before
    start = on_the_wall(starts_at, zone)
    at = time.fromisoformat(rule.at) if rule.at else start.time()
    return first_showing(datetime.combine(start.date() - timedelta(days=rule.days), at), zone)


@cache
def due(rule: Rule, starts_at: datetime, zone: str) -> datetime | None:
    """The moment, earlier where its hour is not allowed; None when that would leave less notice than is wanted."""
    moment = wished(rule, starts_at, zone)
    if moment >= starts_at - rule.minimum_notice:
        return None
    return next((at for n in range(FAR) if is_allowed(rule, zone, at := moment - n * MINUTE)), None)


def allowed_from(rule: Rule, zone: str, moment: datetime) -> datetime:
    """The first moment from this on whose hour is allowed."""
    if is_allowed(rule, zone, moment):
        return moment
    minute = moment.replace(second=0, microsecond=0)
    return next(at for n in range(1, FAR) if is_allowed(rule, zone, at := minute + n * MINUTE))


def is_allowed(rule: Rule, zone: str, moment: datetime) -> bool:
    """Whether the wall clock shows an hour of the rule's; the last minute counts as a whole."""
    if not rule.hours:
        return True
    return rule.hours[0] <= f"{on_the_wall(moment, zone):%H:%M}" <= rule.hours[1]


@cache
def first_showing(wanted: datetime, zone: str) -> datetime:
    """The first minute in which the wall clock shows this time, or one after it if it is skipped."""
    about = wanted.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    minutes = (about + n * MINUTE for n in range(-240, 240))
    return next(minute for minute in minutes if on_the_wall(minute, zone) >= wanted)


def on_the_wall(moment: datetime, zone: str) -> datetime:
    """What a clock in the place shows, without its zone."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def tick_of(moment: datetime) -> datetime:
    """The minute at which what is due at a moment is looked for."""
    minute = moment.replace(second=0, microsecond=0)
    return minute if minute == moment else minute + MINUTE


@cache
def words(starts_at: datetime, zone: str) -> str:
    """Weekday, date and time as an American reads them."""
    wall = on_the_wall(starts_at, zone)
    return f"{wall:%A %B} {wall.day} {wall.hour % 12 or 12}:{wall:%M %p}"
