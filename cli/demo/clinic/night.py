"""When the clinic's story plays: the night in which New York puts its clocks forward, much faster than in life."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from messaging.business_clock import BusinessClock, real_now

ZONE = ZoneInfo("America/New_York")
SATURDAY, SUNDAY = date(2027, 3, 13), date(2027, 3, 14)
"""The clocks go forward on Sunday at 02:00."""


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """When the clinic's clocks show this, in UTC: hours are added to it over the change, as they pass."""
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


BEGINS, EVENING, CHANGES, ENDS = at(SATURDAY, 19, 30), at(SATURDAY, 20), at(SATURDAY, 22), at(SUNDAY, 10)
"""All is ready; people are reminded; the calendar changes; the last ones were reminded and have answered."""

CLOCKS_CHANGE = at(SUNDAY, 3)
"""The instant after 01:59."""

FIRST, APART = at(SUNDAY, 9), timedelta(minutes=1)
"""The first appointments, and how long after them the next ones are."""

LAST_CALL = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast the clinic's clock may be on this machine, and after how many real seconds its evening begins."""

    pace: float
    ready_in: float

    @classmethod
    def after(cls, start_seconds: float) -> "Tempo":
        """For a machine on which a stack started in so many seconds: 20 where nothing else is going on."""
        return cls(
            pace=_PACE * min(1.0, _USUAL_START / start_seconds), ready_in=max(_SHORTEST, 3.0 * start_seconds)
        )

    def clock(self) -> BusinessClock:
        """The clock, from now on."""
        return BusinessClock(BEGINS, self.pace, real_now() + timedelta(seconds=self.ready_in))


_PACE, _USUAL_START, _SHORTEST = 1_500.0, 20.0, 40.0
