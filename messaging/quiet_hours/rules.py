"""Rules for hours, by region, from a table with the source of each row."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from messaging.quiet_hours.public_holidays import is_holiday
from messaging.quiet_hours.weeks import HoursRefused, Week, Window, in_words, read_week

ELSEWHERE = "elsewhere"
"""The region of every country without a rule of its own."""
_RULES = Path(__file__).parents[1] / "data" / "quiet_hours.csv"


@dataclass(frozen=True, slots=True)
class Rule:
    """The hours of a region, where they are written down, and when that was looked up.

    `closed_on_holidays`: public holidays of the region are as a day without hours.
    """

    region: str
    week: Week
    source: str
    as_of: date | None = None
    closed_on_holidays: bool = False

    def window(self, day: date) -> Window | None:
        """The hours of a day; none when it has none."""
        window = self.week[day.weekday()]
        if window is None or (self.closed_on_holidays and is_holiday(self.region, day)):
            return None
        return window

    def __str__(self) -> str:
        return in_words(self.week) + (", not on holidays" if self.closed_on_holidays else "")


@cache
def shipped_rules() -> Mapping[str, Rule]:
    """The rules of `data/quiet_hours.csv`, by region. Raises `HoursRefused` for a table that is not right."""
    with _RULES.open(encoding="utf-8", newline="") as table:
        return rules_of(csv.DictReader(table))


def rules_of(rows: Iterable[Mapping[str, str]]) -> dict[str, Rule]:
    """Rules from the rows of such a table; rows of one region are one rule. Raises `HoursRefused`."""
    grouped: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        grouped.setdefault(row["region"], []).append(row)
    return {region: _rule(region, group) for region, group in grouped.items()}


def _rule(region: str, rows: list[Mapping[str, str]]) -> Rule:
    try:
        week = read_week({row["weekdays"]: f"{row['opens']}-{row['closes']}" for row in rows})
    except HoursRefused as refused:
        raise HoursRefused(f"The rule for {region}: {refused}") from None
    first = rows[0]
    as_of, closed = date.fromisoformat(first["as_of"]), first["holidays"] == "closed"
    return Rule(region, week, first["source"], as_of, closed_on_holidays=closed)
