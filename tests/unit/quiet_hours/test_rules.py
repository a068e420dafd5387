"""The shipped rules, hour by hour, and rules that are refused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from messaging.quiet_hours.hours import Hours
from messaging.quiet_hours.places import Place
from messaging.quiet_hours.rulebook import Rulebook
from messaging.quiet_hours.rules import ELSEWHERE, Rule, rules_of, shipped_rules
from messaging.quiet_hours.spots import Spot
from messaging.quiet_hours.weeks import HoursRefused, in_words, read_week

BY_LAW = Rulebook.of({})
EASTERN, CENTRAL, PARIS = "America/New_York", "America/Chicago", "Europe/Paris"


def is_allowed(rulebook: Rulebook, at: datetime, *spots: tuple[str, str]) -> bool:
    place = Place(frozenset(Spot(*spot) for spot in spots))
    return Hours(rulebook, applies_to=frozenset()).opening(place, at) == at


@pytest.mark.parametrize(
    ("label", "region", "zone", "local", "allowed"),
    [
        ("federal, a minute early", "US-OH", EASTERN, "2026-11-24T07:59", False),
        ("federal, at eight", "US-OH", EASTERN, "2026-11-24T08:00", True),
        ("federal, the last second", "US-OH", EASTERN, "2026-11-24T20:59:59", True),
        ("federal, at nine", "US-OH", EASTERN, "2026-11-24T21:00", False),
        ("Florida ends at eight", "US-FL", EASTERN, "2026-11-24T20:00", False),
        ("Oklahoma", "US-OK", CENTRAL, "2026-11-24T20:30", False),
        ("Maryland", "US-MD", EASTERN, "2026-11-24T20:00", False),
        ("Mississippi", "US-MS", CENTRAL, "2026-11-24T20:00", False),
        ("New Jersey", "US-NJ", EASTERN, "2026-11-24T20:00", False),
        ("Washington", "US-WA", "America/Los_Angeles", "2026-11-24T20:00", False),
        ("Connecticut begins at nine", "US-CT", EASTERN, "2026-11-24T08:59", False),
        ("Texas begins at nine", "US-TX", CENTRAL, "2026-11-24T08:59", False),
        ("Texas on a weekday evening", "US-TX", CENTRAL, "2026-11-24T20:59", True),
        ("Texas on a Sunday morning", "US-TX", CENTRAL, "2026-11-22T11:59", False),
        ("Texas on a Sunday noon", "US-TX", CENTRAL, "2026-11-22T12:00", True),
        ("Rhode Island on a weekday evening", "US-RI", EASTERN, "2026-11-24T18:00", False),
        ("Rhode Island on a Saturday", "US-RI", EASTERN, "2026-11-21T16:59", True),
        ("Rhode Island on a Saturday evening", "US-RI", EASTERN, "2026-11-21T17:00", False),
        ("France in the evening", "FR", PARIS, "2026-11-24T21:59", True),
        ("France on a Sunday", "FR", PARIS, "2026-11-22T12:00", False),
        ("France on Bastille Day", "FR", PARIS, "2026-07-14T12:00", False),
        ("France on Easter Monday", "FR", PARIS, "2027-03-29T12:00", False),
        ("a country without a rule, at seven", "DE", "Europe/Berlin", "2026-11-22T07:59", False),
        ("a country without a rule, on a Sunday", "DE", "Europe/Berlin", "2026-11-22T12:00", True),
        ("a place without a country", "", "Asia/Kathmandu", "2026-11-22T21:00", False),
    ],
)
def test_hours_by_law(label: str, region: str, zone: str, local: str, allowed: bool) -> None:  # noqa: FBT001 (a case)
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert is_allowed(BY_LAW, at, (zone, region)) is allowed, label


def test_of_several_places_all_must_allow_it() -> None:
    at = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)  # half past eight in New York, half past seven in Chicago
    assert is_allowed(BY_LAW, at, (EASTERN, "US-FL"))
    assert not is_allowed(BY_LAW, at, (EASTERN, "US-FL"), (CENTRAL, "US-FL"))
    assert not is_allowed(BY_LAW, at)


def test_own_hours_are_added_to_the_law_or_knowingly_instead_of_it() -> None:
    own = {"US": Rule("US", read_week({"daily": "07:00-12:00"}), "own")}
    early, morning, evening = (datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (12, 15, 18))
    for rulebook, expected in (
        (Rulebook.of(own), (False, True, False)),
        (Rulebook.of(own, instead=frozenset({"US"})), (True, True, False)),
    ):
        assert tuple(is_allowed(rulebook, at, (EASTERN, "US-OH")) for at in (early, morning, evening)) == expected


def test_own_hours_hold_in_countries_without_a_law_here() -> None:
    rulebook = Rulebook.of(
        {
            "DE": Rule("DE", read_week({"mon-fri": "07:00-22:00"}), "own", closed_on_holidays=True),
            ELSEWHERE: Rule(ELSEWHERE, read_week({"daily": "10:00-12:00"}), "own"),
        }
    )
    at = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    assert is_allowed(rulebook, at, ("Europe/Berlin", "DE"))
    assert not is_allowed(rulebook, datetime(2026, 12, 25, 12, tzinfo=UTC), ("Europe/Berlin", "DE"))
    assert is_allowed(rulebook, at + timedelta(hours=3), ("Europe/Vienna", "AT"))
    assert not is_allowed(rulebook, at + timedelta(hours=5), ("Europe/Vienna", "AT"))


def test_the_shipped_table_is_sound_and_says_where_each_row_is_from() -> None:
    BY_LAW.check()
    assert all(rule.source and rule.as_of for rule in shipped_rules().values())
    assert {"US", "US-FL", "US-TX", "FR", ELSEWHERE} <= set(shipped_rules())


@pytest.mark.parametrize(
    ("label", "week", "sentence"),
    [
        ("no day", {}, "no day has hours"),
        ("a day that is none", {"funday": "09:00-10:00"}, '"funday" names no days'),
        ("days backwards", {"sun-mon": "09:00-10:00"}, '"sun-mon" names no days'),
        ("hours backwards", {"mon": "10:00-09:00"}, '"10:00-09:00" are no hours'),
        ("no hours at all", {"mon": "10:00-10:00"}, '"10:00-10:00" are no hours'),
        ("past midnight", {"mon": "10:00-24:01"}, '"10:00-24:01" are no hours'),
        ("words", {"mon": "morning"}, '"morning" are no hours'),
        ("a day twice", {"mon-fri": "09:00-10:00", "fri": "11:00-12:00"}, "fri is named twice"),
    ],
)
def test_weeks_that_are_refused(label: str, week: dict[str, str], sentence: str) -> None:
    with pytest.raises(HoursRefused) as refused:
        read_week(week)
    assert sentence in str(refused.value), label


@pytest.mark.parametrize(
    ("label", "rows", "sentence"),
    [
        ("hours that are none", [("US-XX", "mon-sun", "9", "10:00", "open")], "The rule for US-XX"),
        ("hours that never meet", [("US-XX", "mon-sun", "05:00", "06:00", "open")], "US-XX would have no hours"),
        ("unknown holidays", [("QQ", "mon-sun", "09:00", "10:00", "closed")], "holidays of QQ are not known"),
    ],
)
def test_tables_that_are_refused(label: str, rows: list[tuple[str, ...]], sentence: str) -> None:
    names = ("region", "weekdays", "opens", "closes", "holidays")
    told = [{**dict(zip(names, row, strict=True)), "source": "a test", "as_of": "2026-01-01"} for row in rows]
    with pytest.raises(HoursRefused, match=sentence):
        Rulebook.of(rules_of(told)).check()
    assert label


def test_a_week_reads_as_it_is_written() -> None:
    assert in_words(read_week({"mon-fri": "09:00-18:00", "sat-sun": "10:00-17:00"})) == (
        "mon-fri 09:00-18:00, sat-sun 10:00-17:00"
    )
    assert in_words(read_week({"daily": "08:00-24:00"})) == "daily 08:00-24:00"
