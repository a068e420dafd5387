"""Where a person may be: every time zone and region that what is known of them leaves possible."""

from dataclasses import dataclass

from messaging.quiet_hours.american_places import american_spots, is_american
from messaging.quiet_hours.number_zones import country_of_number, zones_of_number
from messaging.quiet_hours.spots import Spot
from messaging.quiet_hours.zones import is_zone

_AMERICAN = frozenset({"US", "PR", "VI", "GU", "MP", "AS"})
"""The United States and territories with numbers of their own; federal rules hold in all of them."""


@dataclass(frozen=True, slots=True)
class Place:
    """The spots where a person may be; none when nothing tells. `regions` are ISO 3166 codes: FR, US-FL."""

    spots: frozenset[Spot]

    @property
    def zones(self) -> tuple[str, ...]:
        """The time zones that are possible, by name."""
        return tuple(sorted({spot.zone for spot in self.spots}))

    @property
    def regions(self) -> tuple[str, ...]:
        """The states, or the country, that are possible."""
        return tuple(sorted({spot.region for spot in self.spots if spot.region}))


def place_of(
    phone: str,
    *,
    timezone: str | None = None,
    postcode: str | None = None,
    region: str | None = None,
    country: str | None = None,
) -> Place:
    """The place of a number in E.164 (its first six characters are enough) and of what is stored of its person.

    What is stored counts before what the number tells: the time zone; region (US-FL, or FL in its country), else
    postcode; then the area code, with all its states and zones; then the country. A zone that does not exist
    counts as none, and where no country is stored the number tells it.
    """
    country = country or ("US" if is_american(phone) else country_of_number(phone))
    zone = timezone if timezone and is_zone(timezone) else None
    if country in _AMERICAN:
        return Place(american_spots(phone, zone=zone, postcode=postcode, region=region, country=country))
    area = region_code(region, country=country) or country or ""
    zones = (zone,) if zone else zones_of_number(phone)
    return Place(frozenset(Spot(each, area) for each in zones))


def region_code(region: str | None, *, country: str | None) -> str | None:
    """A region as ISO 3166-2 writes it: "fl" in the US is US-FL; None for one of another country."""
    if not region or not country:
        return None
    code = region.strip().upper()
    if "-" not in code:
        return f"{country}-{code}"
    return code if code.startswith(f"{country}-") else None
