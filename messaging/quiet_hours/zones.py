"""Time zones, compared by the clock they keep and not by their name."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_DAYS = [_FIRST + timedelta(days=day) for day in range(366)]


@cache
def is_zone(name: str) -> bool:
    """Whether there is a time zone of this IANA name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an unknown name, one that is no path, and a folder's
        return False
    return True


def same_clock(one: str, other: str) -> bool:
    """Whether two zones show the same time all year: America/Detroit and US/Eastern do."""
    return one == other or _offsets(one) == _offsets(other)


@cache
def _offsets(name: str) -> tuple[timedelta | None, ...]:
    zone = ZoneInfo(name)
    return tuple(day.astimezone(zone).utcoffset() for day in _DAYS)
