"""A week of hours as people write it: `mon-fri: 09:00-18:00`; a day that is not named is closed."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from messaging.errors import TidingsError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY = "daily"
_HOURS = re.compile(r"(\d{2}):([0-5]\d)\s*-\s*(\d{2}):([0-5]\d)")
_END = 24 * 60


class HoursRefused(TidingsError):
    """Hours that are not written as hours, or that never come."""


class Window(NamedTuple):
    """From `opens` until before `closes`, in minutes of the local clock since midnight."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"

    def within(self, other: "Window") -> "Window | None":
        """What is in both."""
        opens, closes = max(self.opens, other.opens), min(self.closes, other.closes)
        return Window(opens, closes) if opens < closes else None


Week = tuple[Window | None, ...]
"""One window, or none, for each day from Monday on."""


def read_week(written: Mapping[str, str]) -> Week:
    """The week of `{"mon-fri": "09:00-18:00", "sat": "10:00-17:00"}`, or of `{"daily": …}`.

    Raises `HoursRefused` for days or hours that are none, for a day named twice, and when no day is named.
    """
    week: list[Window | None] = [None] * len(DAYS)
    for days, hours in written.items():
        for day in _days(days):
            if week[day] is not None:
                raise HoursRefused(f"{DAYS[day]} is named twice; give each day its hours once.")
            week[day] = _window(hours)
    if not any(week):
        raise HoursRefused("no day has hours, so nothing could ever be sent; give at least one day its hours.")
    return tuple(week)


def in_words(week: Week) -> str:
    """The week in a line: `mon-fri 09:00-18:00, sat-sun 10:00-17:00`."""
    return ", ".join(f"{days} {window}" for days, window in _runs(week))


def _runs(week: Week) -> Iterator[tuple[str, Window]]:
    first = 0
    for day in range(1, len(DAYS) + 1):
        window = week[first]
        if day < len(DAYS) and week[day] == window:
            continue
        if window is not None:
            yield _span(first, day - 1), window
        first = day


def _span(first: int, last: int) -> str:
    if (first, last) == (0, len(DAYS) - 1):
        return DAILY
    return DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"


def _days(written: str) -> range:
    if written == DAILY:
        return range(len(DAYS))
    first, _, last = written.partition("-")
    try:
        begins, ends = DAYS.index(first), DAYS.index(last or first)
    except ValueError:
        begins, ends = 1, 0
    if ends < begins:
        raise HoursRefused(f'"{written}" names no days; write daily, or days such as mon, mon-fri, sat-sun.')
    return range(begins, ends + 1)


def _window(written: str) -> Window:
    found = _HOURS.fullmatch(str(written).strip())
    minutes = [int(part) for part in found.groups()] if found else [0, 0, 0, 0]
    opens, closes = minutes[0] * 60 + minutes[1], minutes[2] * 60 + minutes[3]
    if not opens < closes <= _END:
        raise HoursRefused(f'"{written}" are no hours; write them as 09:00-20:00, within one day.')
    return Window(opens, closes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
