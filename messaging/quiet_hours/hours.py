"""When an organization may write to a place: the current or the next span of time that every rule allows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

from messaging.quiet_hours.places import Place
from messaging.quiet_hours.rulebook import LONGEST_PAUSE_DAYS, Rulebook
from messaging.quiet_hours.spans import Span, allowed_spans, common
from messaging.quiet_hours.spots import Spot

_AHEAD = timedelta(days=LONGEST_PAUSE_DAYS + 1)
_MOST_KEPT = 50_000


class Hours:
    """Spans of time by place; what was worked out is kept, for it is asked for every message."""

    def __init__(self, rulebook: Rulebook, *, applies_to: frozenset[str]) -> None:
        self.rulebook = rulebook
        self.applies_to = applies_to
        self._of_spots: dict[tuple[Spot, datetime], list[Span]] = {}
        self._of_places: dict[Place, tuple[datetime, Span | None]] = {}

    def span(self, place: Place, at: datetime) -> Span | None:
        """The span that holds `at`, or else the next; None when none comes within eight days."""
        kept = self._of_places.get(place)
        if kept is not None and kept[0] <= at < (kept[1].closes_at if kept[1] else kept[0] + timedelta(hours=1)):
            return kept[1]
        found = self._find(place, at)
        if len(self._of_places) >= _MOST_KEPT:
            self._of_places.clear()
        self._of_places[place] = (at, found)
        return found

    def opening(self, place: Place, at: datetime) -> datetime | None:
        """The earliest allowed moment from `at` on; None when none comes within eight days."""
        span = self.span(place, at)
        return None if span is None else max(span.opens_at, at)

    def _find(self, place: Place, at: datetime) -> Span | None:
        spans = [self._spans(spot, at) for spot in sorted(place.spots)]
        shared: Sequence[Span] = reduce(common, spans) if spans else []
        return next((span for span in shared if span.closes_at > at), None)

    def _spans(self, spot: Spot, at: datetime) -> list[Span]:
        day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        known = self._of_spots.get((spot, day))
        if known is None:
            if len(self._of_spots) >= _MOST_KEPT:
                self._of_spots.clear()
            known = self._of_spots[spot, day] = allowed_spans(
                ZoneInfo(spot.zone),
                lambda local: self.rulebook.window(spot.region, local),
                start=day,
                end=day + _AHEAD,
            )
        return known
