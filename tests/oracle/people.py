"""A person as the oracle knows them, and every place where they may be."""

from dataclasses import dataclass

from tests.oracle.expectations import ABROAD, ANYWHERE, AREAS, POSTCODES, REGIONS, STRICT_STATES
from tests.oracle.steps import Place

AMERICAN = ("US", "PR")


@dataclass(frozen=True)
class Person:
    """`country` and `area` are what the number tells; Twilio refuses the `blocked` and the `dead`."""

    phone: str
    country: str
    area: str
    stranger: bool = False
    blocked: bool = False
    dead: bool = False


@dataclass
class Whereabouts:
    """What has come to be stored of a person's place."""

    country: str | None = None
    timezone: str | None = None
    region: str | None = None
    postcode: str | None = None
    is_known: bool = False

    def learn_country(self, country: str | None) -> None:
        """From a text of the person; what is known already stays."""
        self.is_known = True
        self.country = self.country or country

    def learn(self, place: Place, country: str | None) -> None:
        """What is said anew counts; what is left blank stays."""
        self.is_known = True
        self.country = country or self.country
        self.timezone = place.timezone or self.timezone
        self.region = place.region or self.region
        self.postcode = place.postcode or self.postcode


def spots(person: Person, where: Whereabouts) -> set[tuple[str, str]]:
    """Zones with their region: all that may be."""
    if person.country not in AMERICAN:
        zones = ABROAD.get(person.country) or AREAS[person.area][1]
        return {(zone, person.country) for zone in ((where.timezone,) if where.timezone else zones)}
    if where.region:
        told = {(zone, where.region) for zone in REGIONS[where.region]}
    elif where.postcode:
        state, zones = POSTCODES[where.postcode]
        told = {(zone, state) for zone in zones}
    elif person.area in AREAS:
        state, zones = AREAS[person.area]
        told = {(zone, state) for zone in zones}
    else:
        told = anywhere()
    return (
        told
        if where.timezone is None
        else moved(told, where.timezone, is_sure=bool(where.region or where.postcode))
    )


def moved(told: set[tuple[str, str]], zone: str, *, is_sure: bool) -> set[tuple[str, str]]:
    """By the stored zone's clock: the states that it leaves, or both theirs and the zone's, if they do not fit."""
    fitting = {(each, state) for each, state in told if each == zone}
    if fitting:
        return fitting
    there = {(zone, state) for state in (*STRICT_STATES.get(zone, ()), "US")} if zone in ANYWHERE else set()
    return {(zone, state) for _, state in told} | (set() if is_sure else there)


def anywhere() -> set[tuple[str, str]]:
    """All over the United States."""
    return {(zone, state) for zone in ANYWHERE for state in (*STRICT_STATES.get(zone, ()), "US")}
