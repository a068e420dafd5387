"""From hours of the local clock to spans of time, exact across every change of a zone's offset.

An instant is allowed when the clock of the zone, at that instant, shows an allowed time of an allowed day. A zone
keeps one offset from change to change, so each stretch between two changes is plain arithmetic: clocks that are
set forward, back, by half an hour (Lord Howe) or by a day (Apia) need no rule of their own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from messaging.quiet_hours.weeks import Window

_STEP = timedelta(hours=6)
"""No zone changes its offset twice within it."""
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class Span(NamedTuple):
    """From `opens_at` until before `closes_at`, in UTC."""

    opens_at: datetime
    closes_at: datetime


def allowed_spans(
    zone: ZoneInfo, window_of: Callable[[date], Window | None], *, start: datetime, end: datetime
) -> list[Span]:
    """The spans between two instants in which the zone's clock shows hours of `window_of` its day, in order."""
    found = (
        span for stretch, offset in _stretches(zone, start, end) for span in _within(stretch, offset, window_of)
    )
    return list(joined(found))


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """What is in both of two ordered rows of spans."""
    met: list[Span] = []
    left = right = 0
    while left < len(one) and right < len(other):
        opens = max(one[left].opens_at, other[right].opens_at)
        closes = min(one[left].closes_at, other[right].closes_at)
        if opens < closes:
            met.append(Span(opens, closes))
        if one[left].closes_at <= other[right].closes_at:
            left += 1
        else:
            right += 1
    return met


def joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Ordered spans with those that touch made one."""
    last: Span | None = None
    for span in spans:
        if last is not None and last.closes_at >= span.opens_at:
            last = Span(last.opens_at, max(last.closes_at, span.closes_at))
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _stretches(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[Span, timedelta]]:
    """The time between two instants, cut where the zone's offset changes, with each stretch's offset."""
    began, offset, at = start, _offset(zone, start), start
    while at < end:
        ahead = min(at + _STEP, end)
        if _offset(zone, ahead) != offset:
            change = offset_change(zone, at, ahead)
            yield Span(began, change), offset
            began, offset = change, _offset(zone, ahead)
        at = ahead
    yield Span(began, end), offset


def offset_change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second at which the offset is no longer that of `before`."""
    offset = _offset(zone, before)
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        before, after = (middle, after) if _offset(zone, middle) == offset else (before, middle)
    return after


def _within(stretch: Span, offset: timedelta, window_of: Callable[[date], Window | None]) -> Iterator[Span]:
    day = (stretch.opens_at + offset).date()
    while (midnight := datetime.combine(day, time(), UTC) - offset) < stretch.closes_at:
        window = window_of(day)
        if window is not None:
            opens = max(midnight + timedelta(minutes=window.opens), stretch.opens_at)
            closes = min(midnight + timedelta(minutes=window.closes), stretch.closes_at)
            if opens < closes:
                yield Span(opens, closes)
        day += _DAY


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
