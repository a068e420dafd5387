"""Who of an audience would wait for allowed hours if a campaign began at a given moment."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from messaging.quiet_hours.hours import Hours
from models.quiet_hours.held import HeldGroup, grouped
from models.quiet_hours.place_key import place_of_key


@dataclass(slots=True)
class Foreseen:
    """Counts people by their place's next opening from `at` on; what opens at `until` or later is too late."""

    hours: Hours | None
    at: datetime
    until: datetime | None
    _waiting: Counter[tuple[datetime, str]] = field(default_factory=Counter)

    def is_too_late(self, place_key: str) -> bool:
        """Whether the place's hours come only when the campaign is over, or not at all."""
        if self.hours is None:
            return False
        opening = self.hours.opening(place_of_key(place_key), self.at)
        return opening is None or (self.until is not None and opening >= self.until)

    def count(self, place_key: str) -> None:
        """Counts one person who would be written to."""
        opening = self.hours.opening(place_of_key(place_key), self.at) if self.hours else None
        if opening is not None and opening > self.at:
            self._waiting[opening, place_key] += 1

    @property
    def groups(self) -> list[HeldGroup]:
        """Those who wait, by moment and clock."""
        return grouped((until, key, people) for (until, key), people in self._waiting.items())
