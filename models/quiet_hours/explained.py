"""The hours of a place with the rules that make them, for whoever asks why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.phones import Phone
from messaging.quiet_hours.hours import Hours
from messaging.quiet_hours.naming import local_time
from messaging.quiet_hours.places import Place, place_of
from messaging.quiet_hours.rules import Rule
from messaging.quiet_hours.spans import Span
from models.contact_store import find_contact
from models.policy.quiet_hours_section import hours_of
from models.policy.store import load_policy


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

    @property
    def sentence(self) -> str:
        """Whether it is day there, and until when it is not."""
        span = self.span
        if span is None:
            return "No hour within eight days is allowed in all of these zones."
        if self.is_open:
            return f"Allowed until {local_time(self.place, span.closes_at).words(now=self.at)}."
        morning = local_time(self.place, span.opens_at).words(now=self.at)
        return f"Quiet until {morning} ({span.opens_at.isoformat()})."

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


async def explain_hours(
    connection: AsyncConnection,
    phone: Phone,
    *,
    organization_id: UUID,
    at: datetime,
    zone: str | None = None,
    postcode: str | None = None,
    region: str | None = None,
) -> ExplainedHours:
    """The hours of a number at business time `at`; what is given counts before what is stored of its contact."""
    contact = await find_contact(connection, phone, organization_id=organization_id)
    policy = await load_policy(connection, organization_id)
    place = place_of(
        phone.e164,
        timezone=zone or (contact.timezone if contact else None),
        postcode=postcode or (contact.postcode if contact else None),
        region=region or (contact.region if contact else None),
        country=(contact.country if contact else None) or phone.country,
    )
    return ExplainedHours(place, hours_of(policy.quiet_hours), at)


def _rule(rule: Rule) -> dict[str, str | None]:
    as_of = rule.as_of.isoformat() if rule.as_of else None
    return {"region": rule.region, "hours": str(rule), "source": rule.source, "as_of": as_of}
