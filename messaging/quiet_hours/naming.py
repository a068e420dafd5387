"""A moment as the people of a place read it from their clocks, for whoever waits for it."""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from messaging.quiet_hours.places import Place

_SAME_DAY = timedelta(hours=24)


class LocalTime(NamedTuple):
    """A moment by the clock of a city."""

    moment: datetime
    city: str

    def words(self, *, now: datetime) -> str:
        """`08:00 in New York`, with the weekday when it is more than a day away."""
        day = "%a " if self.moment - now > _SAME_DAY else ""
        return f"{self.moment.strftime(day + '%H:%M')} in {self.city}"


def local_time(place: Place, at: datetime) -> LocalTime:
    """The moment where it is earliest in the day: of several zones that must all be open, the last one to be."""
    moments = [(at.astimezone(ZoneInfo(zone)), zone) for zone in place.zones]
    if not moments:
        return LocalTime(at, "an unknown place")
    moment, zone = min(moments, key=lambda one: (one[0].utcoffset() or timedelta(), one[1]))
    return LocalTime(moment, city_of(zone))


def city_of(zone: str) -> str:
    """The city that an IANA zone is named after."""
    return zone.rpartition("/")[2].replace("_", " ")
