"""A contact's lesser fields: made uniform, or left out with a warning; a bad one never costs the contact."""

import re
from functools import cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError

from models.imports.faults import Fault

LONGEST_TAG = 100
"""Characters; a longer one does not fit PostgreSQL's index of tags, and nobody would type it."""

_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+\.[^@\s,;<>()\".]{2,}")
_POSTCODE = re.compile(r"(?=[\w -]{3,10}\Z)[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)?")
_REGION = re.compile(r"(?:[A-Za-z]{2}-)?[A-Za-z0-9]{1,3}")
_LONGEST_EMAIL = 254  # RFC 5321, erratum 1690


def read_email(raw: str) -> str | Fault:
    """An address of the usual shape, as written. Whether it takes mail is for e-mail to find out."""
    if _EMAIL.fullmatch(raw) and len(raw) <= _LONGEST_EMAIL:
        return raw
    return Fault("email", "This is not an e-mail address; it was left out.", raw)


def read_locale(raw: str) -> str | Fault:
    """A language, or language and country, as BCP 47 writes it: "de", "de-AT"."""
    try:
        return str(Locale.parse(raw.replace("-", "_"))).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        return Fault("locale", "This is not a locale such as en-GB; it was left out.", raw)


def read_timezone(raw: str) -> str | Fault:
    """A zone of the IANA database by its own spelling."""
    zone = _zones().get(raw.casefold().replace(" ", "_"))
    return zone or Fault("timezone", "This is not a time zone such as Europe/Berlin; it was left out.", raw)


def read_postcode(raw: str) -> str | Fault:
    """A postcode in capitals, as its country writes it."""
    if _POSTCODE.fullmatch(raw):
        return raw.upper()
    return Fault("postcode", "This is not a postcode; it was left out.", raw)


def read_region(raw: str) -> str | Fault:
    """A state or part of a country, as ISO 3166-2 writes it, with its country or without: "US-FL", "FL"."""
    if _REGION.fullmatch(raw):
        return raw.upper()
    return Fault("region", "This is not a region such as US-FL or FL; it was left out.", raw)


def read_tags(raw: str) -> list[str] | Fault:
    """Tags separated by semicolons, each once."""
    tags = [tag.strip() for tag in raw.split(";") if tag.strip()]
    if any(len(tag) > LONGEST_TAG for tag in tags):
        return Fault("tags", f"A tag has more than {LONGEST_TAG} characters; the row's tags were left out.", raw)
    return list(dict.fromkeys(tags))


@cache
def _zones() -> dict[str, str]:
    return {zone.casefold(): zone for zone in available_timezones()}
