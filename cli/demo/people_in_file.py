"""Who is in the file and who agreed, read a second time: the judge must not believe the import that it judges."""

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from re import fullmatch, sub

import phonenumbers

_COUNTRIES = {
    "": "US",
    **dict.fromkeys(("us", "usa", "united states"), "US"),
    **dict.fromkeys(("gb", "uk", "united kingdom"), "GB"),
    **dict.fromkeys(("de", "germany"), "DE"),
    **dict.fromkeys(("au", "australia"), "AU"),
}
_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})


@dataclass(frozen=True, slots=True)
class People:
    """Distinct numbers in E.164: `everyone` of the kept rows, and of those who `agreed` and never refused."""

    everyone: frozenset[str]
    agreed: frozenset[str]


def read_people(file: Path) -> People:
    """Reads the example file. A row with an unclear answer, or a yes of unreadable date, counts for nothing."""
    said: dict[str, set[bool]] = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            number, answer = number_of(row["phone"], row["country"]), row["consent_marketing"].strip().casefold()
            unclear = answer not in _YES | _NO | {""}
            undated = not is_date(row["consent_at"])
            if number is None or unclear or (undated and answer not in _NO):
                continue
            said.setdefault(number, set()).update({answer in _YES} if answer else ())
    return People(
        everyone=frozenset(said),
        agreed=frozenset(number for number, answers in said.items() if answers == {True}),
    )


def number_of(written: str, country: str) -> str | None:
    """A valid number that is written in digits and the usual marks between them, in E.164; else None.

    "00" stands for "+" in whatever country: no number of the example's four begins so.
    """
    region = _COUNTRIES.get(country.strip().casefold())
    if region is None or not fullmatch(r"[\d+()./\s-]+", written):
        return None
    try:
        number = phonenumbers.parse(sub("^00", "+", written.strip()), region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_date(written: str) -> bool:
    """Whether a moment is blank or in ISO 8601."""
    try:
        datetime.fromisoformat(written.strip() or "2000-01-01")
    except ValueError:
        return False
    return True
