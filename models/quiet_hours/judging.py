"""Whether a message may leave at this moment where its person is, and if not, when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from messaging.quiet_hours.hours import Hours
from models.quiet_hours.place_key import place_of_key

QUIET_HOURS = "quiet_hours"
"""What a message is `held_for`, and why it is skipped where its hours come too late."""


@dataclass(frozen=True, slots=True)
class Held:
    """A message that must wait until its place's next opening; None when none comes."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Allowed:
    """A message that may leave now, and be delivered before `until`; None where no hours hold."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoursNow:
    """The hours of an organization at one moment of business time.

    `margin` is what must be left of a place's hours for a message to leave in them. Without hours, all may leave.
    """

    hours: Hours | None
    now: datetime
    margin: timedelta | None

    def judge(self, row: Any, *, at: datetime | None = None) -> Allowed | Held:
        """Judges a message by its `message_type` and `place_key`, to leave now or at a later instant."""
        now = self.now if at is None else at
        if self.hours is None or row["message_type"] not in self.hours.applies_to:
            return Allowed()
        place = place_of_key(row["place_key"])
        span = self.hours.span(place, now)
        if span is not None and span.closes_at <= now + (self.margin or timedelta()):
            span = self.hours.span(place, span.closes_at)
        if span is None or span.opens_at > now:
            return Held(span.opens_at if span else None)
        return Allowed(span.closes_at)
