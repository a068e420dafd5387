"""The hours in which a reminder may be due: those of its rule, and where they are kept, quiet hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import reduce
from typing import Protocol
from zoneinfo import ZoneInfo

from messaging.quiet_hours.hours import Hours
from messaging.quiet_hours.places import Place
from messaging.quiet_hours.spans import Span, allowed_spans, common
from messaging.quiet_hours.weeks import Window

_MINUTE = timedelta(minutes=1)
_CLOSING = timedelta(minutes=15)
_LOOKS = (timedelta(days=2), timedelta(days=9))
"""How far the nearest allowed hour is sought; further than any pause of quiet hours."""


class AllowedHours(Protocol):
    """Anything that allows some spans of time."""

    def spans(self, start: datetime, end: datetime) -> Sequence[Span]:
        """The allowed spans that hold something of the time between two instants, in order."""


@dataclass(frozen=True, slots=True)
class LocalHours:
    """From `earliest` to `latest` each day, the last minute included, by the clock of a zone."""

    zone: ZoneInfo
    earliest: time
    latest: time

    def spans(self, start: datetime, end: datetime) -> Sequence[Span]:
        """The hours of each day between two instants."""
        window = Window(_minutes(self.earliest), _minutes(self.latest) + 1)
        return allowed_spans(self.zone, lambda _: window, start=start, end=end)


@dataclass(frozen=True, slots=True)
class PlaceHours:
    """What quiet hours leave of the day where a person may be; the last quarter of an hour is for sending."""

    hours: Hours
    place: Place

    def spans(self, start: datetime, end: datetime) -> Sequence[Span]:
        """The open hours of the place between two instants."""
        found: list[Span] = []
        at = start
        while at < end and (span := self.hours.span(self.place, at)) is not None:
            closing = max(span.closes_at - _CLOSING, span.opens_at + _MINUTE)
            found.append(Span(span.opens_at, min(closing, span.closes_at)))
            at = span.closes_at
        return found


def last_until(hours: Sequence[AllowedHours], at: datetime) -> datetime | None:
    """The latest allowed instant that is not after `at`; None when there is none for days."""
    for far in _LOOKS:
        spans = [span for span in _shared(hours, at - far, at + _MINUTE) if span.opens_at <= at]
        if spans:
            return min(at, max(spans[-1].opens_at, spans[-1].closes_at - _MINUTE))
    return None


def first_from(hours: Sequence[AllowedHours], at: datetime) -> datetime | None:
    """The earliest allowed instant from `at` on; None when there is none for days."""
    for far in _LOOKS:
        spans = [span for span in _shared(hours, at, at + far) if span.closes_at > at]
        if spans:
            return max(at, spans[0].opens_at)
    return None


def _shared(hours: Sequence[AllowedHours], start: datetime, end: datetime) -> Sequence[Span]:
    whole: Sequence[Span] = [Span(start, end)]
    return reduce(common, (each.spans(start, end) for each in hours), whole)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
