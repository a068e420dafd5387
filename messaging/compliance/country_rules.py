"""To which countries a number or name may send, as rows of `data/sender_rules.csv`, each with source and date.

Of the rows of a kind the first that fits a country counts: it is named, or it is the number's own (`home`), or
none before it fitted (`elsewhere`). Where no row fits, nothing is known against it.
"""

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import phonenumbers

from messaging.compliance.numbers import SenderKind, SenderNumber


class Rule(StrEnum):
    """What holds for a kind in a country: `registered` ones only, `refused`, or only something to be `told`."""

    REGISTERED = "registered"
    REFUSED = "refused"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class CountryRule:
    """A row of the table; `why` is half a sentence for people, `as_of` a month in which it held."""

    kind: SenderKind
    to: str
    rule: Rule
    why: str
    source: str
    as_of: str

    def fits(self, country: str, *, home: str | None) -> bool:
        """Whether it is about sending to this country."""
        return self.to == "elsewhere" or (self.to == "home" and country == home) or country in self.to.split()


def rule_for(number: SenderNumber, country: str) -> CountryRule | None:
    """What holds for this number in a country (ISO 3166-1 alpha-2)."""
    return next(
        (row for row in _TABLE if row.kind is number.kind and row.fits(country, home=number.country)), None
    )


def objection(number: SenderNumber, country: str, *, live: bool) -> CountryRule | None:
    """The rule by which this number may not send to a country, or None.

    A registration that is known to be missing counts in a live account only: a simulator takes everything. Of one
    that nobody has told nothing can be said, so it stands in nobody's way.
    """
    found = rule_for(number, country)
    if found is None or found.rule is Rule.TOLD:
        return None
    if found.rule is Rule.REGISTERED and not (live and number.is_blocked):
        return None
    return found


def refused_countries(numbers: Collection[SenderNumber], *, live: bool) -> frozenset[str]:
    """Countries to which none of these numbers may send; none of them when no number is known.

    Twilio picks the number of a Messaging Service that fits, so one that may is enough.
    """
    if not numbers:
        return frozenset()
    return frozenset(
        country
        for country in phonenumbers.SUPPORTED_REGIONS
        if all(objection(number, country, live=live) for number in numbers)
    )


def objections(
    numbers: Iterable[SenderNumber], country: str, *, live: bool
) -> list[tuple[SenderNumber, CountryRule]]:
    """What stands against each of these numbers that may not send to this country."""
    found = ((number, objection(number, country, live=live)) for number in numbers)
    return [(number, rule) for number, rule in found if rule is not None]


def _read_table() -> list[CountryRule]:
    with (Path(__file__).parents[1] / "data" / "sender_rules.csv").open(encoding="utf-8", newline="") as file:
        return [
            CountryRule(
                SenderKind(row["kind"]), row["to"], Rule(row["rule"]), row["why"], row["source"], row["as_of"]
            )
            for row in csv.DictReader(file)
        ]


_TABLE: Final = _read_table()
