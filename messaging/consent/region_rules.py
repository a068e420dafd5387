"""What makes a consent valid, country by country: `data/consent_regions.csv`, and what a policy changes."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).parent.parent / "data" / "consent_regions.csv"


@dataclass(frozen=True, slots=True)
class RegionRule:
    """What a country asks of a consent.

    `double_opt_in`: the number itself must have confirmed it. `soft_opt_in`: a sale of one's own may stand in for
    a consent, for similar products. `max_age_days`: an older consent is none; None for no limit.
    """

    double_opt_in: bool = False
    soft_opt_in: bool = False
    max_age_days: int | None = None


@cache
def rules_by_law() -> Mapping[str, RegionRule]:
    """The rules of `consent_regions.csv`, by ISO 3166 code; each row there names its source."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["country"]: _rule(row) for row in csv.DictReader(file)}


def _rule(row: Mapping[str, str]) -> RegionRule:
    return RegionRule(double_opt_in=row["double_opt_in"] == "yes", soft_opt_in=row["soft_opt_in"] == "yes")


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """What counts as a consent to marketing: `countries` have rules of their own, all others the first three.

    `max_age_days` is for all countries that do not say another one.
    """

    max_age_days: int | None = None
    double_opt_in: bool = False
    soft_opt_in: bool = False
    countries: Mapping[str, RegionRule] = field(default_factory=rules_by_law)

    def rule_of(self, country: str | None) -> RegionRule:
        """The rule for a recipient's country; where that is not known, the strictest that there is."""
        if country is None:
            return RegionRule(double_opt_in=True, max_age_days=self._shortest_age())
        rule = self.countries.get(country)
        if rule is None:
            return RegionRule(self.double_opt_in, self.soft_opt_in, self.max_age_days)
        return rule if rule.max_age_days is not None else replace(rule, max_age_days=self.max_age_days)

    def _shortest_age(self) -> int | None:
        ages = (self.max_age_days, *(rule.max_age_days for rule in self.countries.values()))
        return min((age for age in ages if age is not None), default=None)

    def loosened(self) -> Sequence[str]:
        """In which countries the rules ask for less than `consent_regions.csv` does, a sentence each."""
        found = []
        for country, law in rules_by_law().items():
            rule = self.countries.get(country, law)
            if law.double_opt_in and not rule.double_opt_in:
                found.append(f"A consent in {country} need not be confirmed by the number, though it should be.")
            if rule.soft_opt_in and not law.soft_opt_in:
                found.append(f"A sale in {country} stands in for a consent, though it should not.")
        return found
