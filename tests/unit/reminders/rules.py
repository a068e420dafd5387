"""Reminder rules as tests need them, in few words."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from messaging.reminders.definition import CalendarDays, Elapsed, ReminderRule


def hours_before(hours: float, name: str | None = None, **more: Any) -> ReminderRule:
    """So many hours of a stopwatch."""
    return ReminderRule(name=name or f"{hours} hours", when=Elapsed(timedelta(hours=hours)), text="Hi", **more)


def days_before(days: int, at: str | None = None, name: str | None = None, **more: Any) -> ReminderRule:
    """So many days of the calendar, at a time of day or at that of the start."""
    when = CalendarDays(days, time.fromisoformat(at) if at else None)
    return ReminderRule(name=name or f"{days} days", when=when, text="Hi", **more)


def daytime(earliest: str, latest: str) -> dict[str, Any]:
    """The hours of a rule."""
    return {"earliest": time.fromisoformat(earliest), "latest": time.fromisoformat(latest)}


def local(written: str, zone: str) -> datetime:
    """The instant of a local time, the first of two, in UTC: Python finds no time that comes twice equal to it."""
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
