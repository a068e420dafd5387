"""Whether a moment is in the hours of a person: quarter after quarter, by every clock they may live by."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tests.oracle.expectations import CLOSED_ON_HOLIDAYS, HOURS, LAST_SECONDS, is_holiday
from tests.oracle.rules import Rules

Spots = frozenset[tuple[str, str]]
QUARTER = timedelta(minutes=15)


class Clock:
    """The hours of one policy; `hours` and `shift` are for an oracle that is wrong on purpose."""

    def __init__(self, rules: Rules, *, with_states: bool = True, shift: timedelta = timedelta()) -> None:
        self.rules = rules
        self.with_states = with_states
        self.shift = shift
        self._opening = lru_cache(maxsize=None)(self._find_opening)
        self._quarter = lru_cache(maxsize=None)(self._find_quarter)

    def is_open(self, spots: Spots, at: datetime) -> bool:
        """Whether the moment, and the seconds that a request and Twilio's queue take, are allowed."""
        return self._is_allowed(spots, at) and self._is_allowed(spots, at + timedelta(seconds=LAST_SECONDS))

    def opening(self, spots: Spots, at: datetime) -> datetime | None:
        """The first allowed moment from this on; none within eight days."""
        return at if self._is_allowed(spots, at) else self._opening(spots, quarter_after(at))

    def leaves(self, spots: Spots, at: datetime) -> datetime | None:
        """When a message that is due now leaves: at once, or in the next hours, if these are as good as over."""
        if self.is_open(spots, at):
            return at
        return self._opening(spots, quarter_after(at))

    def _find_opening(self, spots: Spots, quarter: datetime) -> datetime | None:
        return next(
            (moment for n in range(8 * 96) if self._is_allowed(spots, moment := quarter + n * QUARTER)), None
        )

    def _is_allowed(self, spots: Spots, at: datetime) -> bool:
        """Hours begin and end at quarters, so a quarter is allowed as a whole."""
        return self._quarter(spots, quarter_before(at + self.shift))

    def _find_quarter(self, spots: Spots, at: datetime) -> bool:
        return bool(spots) and all(self._is_allowed_in(zone, region, at) for zone, region in spots)

    def _is_allowed_in(self, zone: str, region: str, at: datetime) -> bool:
        local = at.astimezone(ZoneInfo(zone))
        country = region[:2]
        named = {country} & ({*HOURS, *self.rules.hours}) or {"elsewhere"}
        if self.with_states:
            named |= {region} & ({*HOURS, *self.rules.hours})
        return all(self._allows(name, local) for name in named)

    def _allows(self, name: str, local: datetime) -> bool:
        own, law = self.rules.hours.get(name), HOURS.get(name)
        if own is not None and (name == "elsewhere" or name in self.rules.instead):
            law = None
        rules = [
            (law, name in CLOSED_ON_HOLIDAYS),
            (own, name in self.rules.closed_on_holidays),
        ]
        for week, closed in rules:
            if week is None:
                continue
            if local.weekday() not in week or (closed and is_holiday(name, local.date())):
                return False
            opens, closes = week[local.weekday()]
            if not opens <= local.time().replace(tzinfo=None) < closes:
                return False
        return True


def quarter_before(at: datetime) -> datetime:
    """The quarter hour that the moment is in."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def quarter_after(at: datetime) -> datetime:
    """The first quarter hour that begins after the moment."""
    return quarter_before(at) + QUARTER
