"""Public holidays of a country or its parts, as the library `holidays` knows them."""

from datetime import date
from functools import cache

from holidays import country_holidays, list_supported_countries


@cache
def knows_holidays(country: str) -> bool:
    """Whether the holidays of a country (ISO 3166) can be told."""
    return country in list_supported_countries(include_aliases=False)


def is_holiday(region: str, day: date) -> bool:
    """Whether a day is a public holiday in a region (FR, DE-BE); where only part of it keeps it, it is none."""
    return day in _holidays(region, day.year)


@cache
def _holidays(region: str, year: int) -> frozenset[date]:
    country, _, part = region.partition("-")
    parts = list_supported_countries(include_aliases=False).get(country, [])
    found = country_holidays(country, subdiv=part if part in parts else None, years=year)
    return frozenset(found)
