"""The hours of a place with the rules that make them, for whoever asks why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from messaging.quiet_hours.hours import Hours
from messaging.quiet_hours.places import Place
from messaging.quiet_hours.rules import Rule
from messaging.quiet_hours.spans import Span


@dataclass(frozen=True, slots=True)
class ExplainedHours:
    """When a place may be written to, seen from the moment `at`."""

    place: Place
    hours: Hours
    at: datetime

    @property
    def span(self) -> Span | None:
        """The span that holds the moment, or the next; None when none comes within eight days."""
        return self.hours.span(self.place, self.at)

    @property
    def is_open(self) -> bool:
        """Whether the place may be written to at the moment."""
        return self.span is not None and self.span.opens_at <= self.at

    @property
    def rules(self) -> list[Rule]:
        """Every rule of the place, each once."""
        regions = self.place.regions or ("",)
        found = [rule for region in regions for rule in self.hours.rulebook.of_region(region)]
        return [rule for number, rule in enumerate(found) if rule not in found[:number]]

    def to_json(self) -> dict[str, Any]:
        """All of it for machines."""
        span = self.span
        return {
            "at": self.at.isoformat(),
            "zones": list(self.place.zones),
            "regions": list(self.place.regions),
            "applies_to": sorted(self.hours.applies_to),
            "rules": [_rule(rule) for rule in self.rules],
            "open": self.is_open,
            "opens_at": max(span.opens_at, self.at).isoformat() if span else None,
            "closes_at": span.closes_at.isoformat() if span else None,
        }


def _rule(rule: Rule) -> dict[str, str | None]:
    as_of = rule.as_of.isoformat() if rule.as_of else None
    return {"region": rule.region, "hours": str(rule), "source": rule.source, "as_of": as_of}
