"""Until when reminders are of use, which comes late, and that several never come at once."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messaging.reminders.definition import ReminderRule
from messaging.reminders.due import Timing, timings
from messaging.reminders.moments import Missed
from messaging.reminders.reasons import Reason
from tests.unit.reminders.rules import days_before, daytime, hours_before

ZONE = ZoneInfo("America/New_York")
START = datetime(2027, 3, 15, 13, tzinfo=UTC)  # 09:00 there
RULES = [hours_before(72, "three days"), hours_before(24, "one day"), hours_before(2, "soon")]
HOUR = timedelta(hours=1)


def come(now: datetime, rules: list[ReminderRule] = RULES, *, catch_up: bool = True) -> dict[str, Timing | Reason]:
    found = timings(rules, START, ZONE, now=now, catch_up=catch_up)
    return {name: each.reason if isinstance(each, Missed) else each for name, each in found.items()}


def test_each_is_of_use_until_the_next() -> None:
    assert come(START - 100 * HOUR) == {
        "three days": Timing(START - 72 * HOUR, START - 24 * HOUR),
        "one day": Timing(START - 24 * HOUR, START - 2 * HOUR),
        "soon": Timing(START - 2 * HOUR, START),
    }


LATE: list[tuple[str, float, dict[str, float | Reason]]] = [
    ("booked two days before", 48, {"three days": 48, "one day": 24, "soon": 2}),
    ("booked ten hours before", 10, {"three days": Reason.OVERTAKEN, "one day": 10, "soon": 2}),
    ("booked an hour before", 1, {"three days": Reason.OVERTAKEN, "one day": Reason.OVERTAKEN, "soon": 1}),
]


@pytest.mark.parametrize(("booked", "due"), [each[1:] for each in LATE], ids=[each[0] for each in LATE])
def test_what_is_late_comes_at_once_where_it_is_of_use(booked: float, due: dict[str, float | Reason]) -> None:
    now = START - booked * HOUR
    shown = {name: each if isinstance(each, Reason) else each.due_at for name, each in come(now).items()}
    assert shown == {name: each if isinstance(each, Reason) else START - each * HOUR for name, each in due.items()}
    for name, each in come(now).items():
        assert isinstance(each, Reason) or each.late == (due[name] == booked)


def test_without_catching_up_what_has_passed_does_not_come() -> None:
    assert come(START - 10 * HOUR, catch_up=False) == {
        "three days": Reason.TOO_LATE,
        "one day": Reason.TOO_LATE,
        "soon": Timing(START - 2 * HOUR, START),
    }


def test_how_late_and_at_what_notice_is_for_the_rule_to_say() -> None:
    rules = [
        hours_before(24, "short", useful_for=3 * HOUR),
        hours_before(8, "kind", minimum_notice=2 * HOUR),
    ]
    assert come(START - 22 * HOUR, rules)["short"] == Timing(START - 22 * HOUR, START - 21 * HOUR, late=True)
    assert come(START - 21 * HOUR, rules)["short"] is Reason.TOO_LATE
    assert come(START - 3 * HOUR, rules)["kind"] == Timing(START - 3 * HOUR, START - 2 * HOUR, late=True)
    assert come(START - 2 * HOUR, rules)["kind"] is Reason.TOO_LATE


def test_of_two_that_would_come_in_one_evening_the_later_does() -> None:
    hours = daytime("08:00", "20:00")
    rules = [hours_before(12, "night", **hours), hours_before(3, "morning", **hours)]
    evening = datetime(2027, 3, 15, tzinfo=UTC)  # 20:00 there
    assert come(START - 100 * HOUR, rules) == {"night": Reason.OVERTAKEN, "morning": Timing(evening, START)}


def test_late_at_night_waits_for_the_morning() -> None:
    rules = [hours_before(30, "any", **daytime("08:00", "20:00"))]
    night, morning = datetime(2027, 3, 15, 5, tzinfo=UTC), datetime(2027, 3, 15, 12, tzinfo=UTC)
    assert come(night, rules)["any"] == Timing(morning, START, late=True)


drawn = st.lists(
    st.one_of(
        st.builds(hours_before, st.integers(1, 90)),
        st.builds(days_before, st.integers(1, 4), st.sampled_from(["09:00", "18:00", "23:30"])),
        st.builds(lambda hours: hours_before(hours, **daytime("08:00", "20:00")), st.integers(1, 90)),
    ),
    max_size=6,
    unique_by=lambda rule: rule.name,
)


@settings(deadline=None)
@given(rules=drawn, minutes=st.integers(1, 6_000))
def test_never_two_at_once_or_in_the_past_or_after_the_start(rules: list[ReminderRule], minutes: int) -> None:
    now = START - timedelta(minutes=minutes)
    found = timings(rules, START, ZONE, now=now)
    assert set(found) == {rule.name for rule in rules}
    coming = sorted((each for each in found.values() if isinstance(each, Timing)), key=lambda each: each.due_at)
    assert all(now <= each.due_at < each.send_before <= START for each in coming)
    assert all(one.send_before <= other.due_at for one, other in pairwise(coming))
    assert sum(each.late for each in coming) <= 1


@settings(deadline=None)
@given(rules=drawn, minutes=st.integers(1, 6_000), later=st.integers(0, 6_000))
def test_as_time_goes_by_what_is_to_come_stays_as_it_is(
    rules: list[ReminderRule], minutes: int, later: int
) -> None:
    now = START - timedelta(minutes=minutes)
    before, after = (timings(rules, START, ZONE, now=at) for at in (now, now + timedelta(minutes=later)))
    for name, each in before.items():
        if isinstance(each, Timing) and not each.late and each.due_at >= now + timedelta(minutes=later):
            assert after[name] == each
