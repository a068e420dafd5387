"""The time zones of a number by its first digits, from libphonenumber's metadata."""

from functools import lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from messaging.quiet_hours.zones import is_zone

_PLACE_IN_NUMBER = frozenset({"1", "52", "55"})
"""Country codes whose mobile numbers tell a place too: North America, Mexico and Brazil."""


@lru_cache(maxsize=65_536)
def zones_of_number(phone: str) -> tuple[str, ...]:
    """Every zone that numbers beginning so may be in; none for digits that belong to no country.

    Mobile numbers of most countries tell no more than the country: all of its zones count then. Where the digits
    given leave several places open, all of these do.
    """
    digits, code = phone.removeprefix("+"), _country_code(phone)
    if code not in _PLACE_IN_NUMBER:
        return _real(TIMEZONE_DATA.get(code, ()))
    below = [zone for prefix, zones in TIMEZONE_DATA.items() if prefix.startswith(digits) for zone in zones]
    return _real([*_longest(digits), *below])


def country_of_number(phone: str) -> str | None:
    """The country of a number by its country code alone, the largest of those that share one.

    None in North America, whose countries are told apart by area codes, and for codes of no country.
    """
    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(_country_code(phone) or 0), ("001",))
    return None if regions[0] in ("001", "US") else regions[0]


def _country_code(phone: str) -> str:
    digits = phone.removeprefix("+")
    return next((digits[:length] for length in (1, 2, 3) if _is_country(digits[:length])), "")


def _is_country(code: str) -> bool:
    return code.isdecimal() and int(code) in COUNTRY_CODE_TO_REGION_CODE


def _longest(digits: str) -> tuple[str, ...]:
    lengths = range(min(len(digits), TIMEZONE_LONGEST_PREFIX), 0, -1)
    return next((TIMEZONE_DATA[digits[:each]] for each in lengths if digits[:each] in TIMEZONE_DATA), ())


def _real(zones: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(zone for zone in set(zones) if is_zone(zone)))
