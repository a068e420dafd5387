"""Countries as people name them."""

from functools import cache

from babel import Locale
from phonenumbers import SUPPORTED_REGIONS

from models.imports.faults import Fault

_ALSO = {
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "usa": "US",
    "united states of america": "US",
    "america": "US",
    "the netherlands": "NL",
    "deutschland": "DE",
    "hong kong": "HK",
    "macau": "MO",
    "turkey": "TR",
    "czech republic": "CZ",
}


def region_of(raw: str) -> str | None:
    """The ISO 3166 code of a country given by code or English name (Unicode CLDR's, and common others)."""
    name = " ".join(raw.split()).casefold().replace(".", "")
    return _regions().get(name)


def read_country(raw: str) -> str | Fault:
    """`region_of`, or why there is none."""
    reason = "This is not a country's English name or two-letter code; it was left out."
    return region_of(raw) or Fault("country", reason, raw)


@cache
def _regions() -> dict[str, str]:
    names = Locale("en").territories
    by_name = {str(names[code]).casefold().replace(".", ""): code for code in SUPPORTED_REGIONS if code in names}
    return {**by_name, **_ALSO, **{code.casefold(): code for code in SUPPORTED_REGIONS}}
