"""One time zone in one region: what an hour of the day, and the rules for it, are told by."""

from typing import NamedTuple


class Spot(NamedTuple):
    """A zone by its IANA name and a region by its ISO 3166 code ("" where no country is known)."""

    zone: str
    region: str
