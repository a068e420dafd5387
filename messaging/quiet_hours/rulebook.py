"""Which rules hold in a region: those of the country and of the state, and what an organization adds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from messaging.quiet_hours.public_holidays import knows_holidays
from messaging.quiet_hours.rules import ELSEWHERE, Rule, shipped_rules
from messaging.quiet_hours.weeks import HoursRefused, Window

LONGEST_PAUSE_DAYS = 8
"""Hours must come within this time, or a message that waits for them might as well be lost."""
_MEET = "the hours of all its rules must meet"
_FIRST_DAY, _DAYS_LOOKED_AHEAD = date(2026, 1, 1), 731


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules by region, several for one where both law and organization have said something: all of them hold."""

    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, own: Mapping[str, Rule], *, instead: frozenset[str] = frozenset()) -> Self:
        """The shipped rules with an organization's own beside them.

        Its own are instead of the shipped one in regions of `instead`, and in countries without a law here.
        """
        shipped = shipped_rules()
        rules = {region: (rule,) for region, rule in shipped.items()}
        for region, rule in own.items():
            law = () if region in instead or region == ELSEWHERE else rules.get(region, ())
            rules[region] = (*law, rule)
        return cls(rules)

    def of_region(self, region: str) -> tuple[Rule, ...]:
        """Every rule for a region such as US-FL: its own, and its country's, else that of `elsewhere`."""
        country = region.partition("-")[0]
        national = self.rules.get(country) or self.rules.get(ELSEWHERE, ())
        return national if region == country else (*national, *self.rules.get(region, ()))

    def window(self, region: str, day: date) -> Window | None:
        """The hours of a day that all rules for the region allow."""
        allowed: Window | None = Window(0, 24 * 60)
        for rule in self.of_region(region):
            window = rule.window(day)
            allowed = window.within(allowed) if window and allowed else None
        return allowed

    def check(self) -> None:
        """Raises `HoursRefused` for a region whose hours would not come within eight days, in any of two years."""
        for region in self.rules:
            rules = self.rules[region] if region == ELSEWHERE else self.of_region(region)
            closed = [rule.region for rule in rules if rule.closed_on_holidays]
            for unknown in (each for each in closed if not knows_holidays(each.partition("-")[0])):
                raise HoursRefused(f"the holidays of {unknown} are not known here; leave `holidays` out.")
            self._require_hours(region, days=_DAYS_LOOKED_AHEAD if closed else LONGEST_PAUSE_DAYS)

    def _require_hours(self, region: str, *, days: int) -> None:
        closed_since = 0
        for day in (_FIRST_DAY + timedelta(days=ahead) for ahead in range(days)):
            closed_since = 0 if self.window(region, day) else closed_since + 1
            if closed_since >= LONGEST_PAUSE_DAYS:
                raise HoursRefused(f"{region} would have no hours for {closed_since} days up to {day}; {_MEET}.")
