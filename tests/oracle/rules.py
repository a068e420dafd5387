"""A policy as the oracle sees it, and the same policy as an organization writes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random

from tests.oracle.expectations import SATURDAY, Day, daily


@dataclass(frozen=True)
class Rules:
    """What an organization has said; nothing said is the law."""

    written: str = "{}\n"
    applies_to: tuple[str, ...] = ("marketing",)
    hours: Mapping[str, Mapping[int, Day]] = field(default_factory=dict)
    closed_on_holidays: frozenset[str] = frozenset()
    instead: frozenset[str] = frozenset()
    caps: tuple[tuple[int, int], ...] = ()
    by_law: bool = True
    max_age_days: int | None = None
    ages: Mapping[str, int] = field(default_factory=dict)
    double: Mapping[str, bool] = field(default_factory=dict)
    soft: Mapping[str, bool] = field(default_factory=dict)
    double_elsewhere: bool = False
    stop_means_topic: bool = False
    revoke_all_from: date = date(2027, 1, 31)


_HOURS: tuple[tuple[str, Mapping[str, Mapping[int, Day]]], ...] = (
    ("", {}),
    ("", {}),
    ("    US: {daily: 09:00-20:00}\n", {"US": daily("09:00", "20:00")}),
    (
        """\
    DE: {mon-fri: 09:00-20:00, sat: 10:00-18:00, holidays: closed}
    elsewhere: {daily: 10:00-19:00}
""",
        {
            "DE": {**daily("09:00", "20:00", range(5)), **daily("10:00", "18:00", range(SATURDAY, 6))},
            "elsewhere": daily("10:00", "19:00"),
        },
    ),
    ("    GB: {daily: 08:30-20:45}\n", {"GB": daily("08:30", "20:45")}),
    (
        "    US-RI: {daily: 08:15-20:30}\n    US-HI: {mon-sat: 09:00-12:00}\n",
        {"US-RI": daily("08:15", "20:30"), "US-HI": daily("09:00", "12:00", range(6))},
    ),
)
_CAPS = ((), (), ((1, 24), (2, 72)), ((2, 24),), ((1, 36),))


def draw_rules(random: Random) -> Rules:
    """A policy, mostly with something of its own in each section."""
    lines, hours = random.choice(_HOURS)
    caps = random.choice(_CAPS)
    by_law = random.random() < 0.9
    age = random.choice((None, None, 365, 540))
    shorter = random.random() < 0.4
    instead = frozenset({"US-RI"}) if "US-RI" in hours and random.random() < 0.5 else frozenset()
    both = random.random() < 0.2
    topic = random.random() < 0.5
    drawn = Rules(
        applies_to=("marketing", "transactional") if both else ("marketing",),
        hours=hours,
        closed_on_holidays=frozenset({"DE"} & set(hours)),
        instead=instead,
        caps=caps,
        by_law=by_law,
        max_age_days=age,
        ages={"DE": 200} if shorter else {},
        double={"GB": True, "DE": True} if shorter else {},
        soft={"FR": False} if shorter else {},
        double_elsewhere=random.random() < 0.3,
        stop_means_topic=topic,
        revoke_all_from=random.choice((date(2027, 1, 31), date(2025, 6, 1))),
    )
    return Rules(**{**vars(drawn), "written": _written(drawn, lines)})


def _written(rules: Rules, lines: str) -> str:
    countries = "".join(
        [
            *(f"    DE: {{max_age_days: {days}}}\n" for days in rules.ages.values()),
            "    GB: {double_opt_in: true}\n" if rules.double else "",
            "    FR: {soft_opt_in: false}\n" if rules.soft else "",
        ]
    )
    caps = "".join(f"    - {{messages: {messages}, hours: {hours}}}\n" for messages, hours in rules.caps)
    return "".join(
        [
            f"quiet_hours:\n  applies_to: [{', '.join(rules.applies_to)}]\n",
            f"  hours:\n{lines}" if lines else "",
            f"  instead_of_the_law: [{', '.join(rules.instead)}]\n" if rules.instead else "",
            f"caps:\n  by_law: {str(rules.by_law).lower()}\n",
            f"  marketing:\n{caps}" if caps else "",
            f"consent:\n  double_opt_in: {str(rules.double_elsewhere).lower()}\n",
            f"  max_age_days: {rules.max_age_days}\n" if rules.max_age_days else "",
            f"  countries:\n{countries}" if countries else "",
            f"opt_out:\n  stop_means: {'topic' if rules.stop_means_topic else 'all'}\n",
            f"  revoke_all_from: {rules.revoke_all_from}\n  keywords: [no offers]\n",
        ]
    )
