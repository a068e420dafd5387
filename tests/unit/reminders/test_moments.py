"""The moment of a rule, in cases that go wrong elsewhere, and against an oracle that only looks at the clock.

The oracle knows nothing of offsets: it goes minute by minute and asks what the clock on the wall shows.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from messaging.reminders.definition import CalendarDays, Elapsed, ReminderRule
from messaging.reminders.moments import Missed, moment
from messaging.reminders.reasons import Reason
from tests.unit.quiet_hours.test_spans import CHANGES, ODD
from tests.unit.reminders.rules import days_before, daytime, hours_before, local

NY, LONDON, HOWE = "America/New_York", "Europe/London", "Australia/Lord_Howe"
MINUTE = timedelta(minutes=1)

CASES = [
    ("24 hours over the night that has 23", hours_before(24), NY, "2027-03-14T09:00", "2027-03-13T08:00"),
    ("24 hours over the night that has 25", hours_before(24), NY, "2027-11-07T09:00", "2027-11-06T10:00"),
    ("a day over the night that has 23", days_before(1), NY, "2027-03-14T09:00", "2027-03-13T09:00"),
    ("a day over the night that has 25", days_before(1), LONDON, "2026-10-25T09:00", "2026-10-24T09:00"),
    ("the evening before", days_before(1, "18:00"), NY, "2027-03-15T09:00", "2027-03-14T18:00"),
    ("the evening before one at midnight", days_before(1, "18:00"), NY, "2027-03-15T00:00", "2027-03-14T18:00"),
    ("a time that is skipped", days_before(1, "02:30"), NY, "2027-03-15T09:00", "2027-03-14T03:00"),
    ("a time that comes twice", days_before(1, "01:30"), NY, "2027-11-08T09:00", "2027-11-07T01:30"),
    ("half an hour that is skipped", days_before(1, "02:10"), HOWE, "2026-10-05T09:00", "2026-10-04T02:30"),
    ("half an hour that comes twice", days_before(1, "01:40"), HOWE, "2026-04-06T09:00", "2026-04-05T01:40"),
    ("a day that is skipped", days_before(1, "18:00"), "Pacific/Apia", "2011-12-31T09:00", "2011-12-31T00:00"),
    ("an offset of 5:45", days_before(1, "18:00"), "Asia/Kathmandu", "2026-05-02T09:15", "2026-05-01T18:00"),
    ("the 29th of February", days_before(1), NY, "2028-03-01T09:00", "2028-02-29T09:00"),
    ("to the 29th of February", days_before(366), NY, "2028-02-29T09:00", "2027-02-28T09:00"),
    ("no 29th of February", days_before(1), NY, "2027-03-01T09:00", "2027-02-28T09:00"),
    ("the morning of the day", days_before(0, "07:30"), NY, "2027-03-14T09:00", "2027-03-14T07:30"),
]


@pytest.mark.parametrize(("rule", "zone", "start", "due"), [each[1:] for each in CASES], ids=[e[0] for e in CASES])
def test_a_moment(rule: ReminderRule, zone: str, start: str, due: str) -> None:
    assert moment(rule, local(start, zone), ZoneInfo(zone)) == local(due, zone)


HOURS = [
    ("in its hours", "12:00", "2027-03-15T09:00"),
    ("before them: the evening before", "10:30", "2027-03-14T20:00"),
    ("their first minute", "11:00", "2027-03-15T08:00"),
    ("their last minute", "23:00", "2027-03-15T20:00"),
    ("after them: that evening", "23:30", "2027-03-15T20:00"),
]


@pytest.mark.parametrize(("start", "due"), [each[1:] for each in HOURS], ids=[each[0] for each in HOURS])
def test_earlier_rather_than_too_late(start: str, due: str) -> None:
    rule = hours_before(3, **daytime("08:00", "20:00"))
    found = moment(rule, local(f"2027-03-15T{start}", NY), ZoneInfo(NY))
    assert found == local(due, NY)


def test_never_after_the_start_and_never_at_shorter_notice() -> None:
    start = local("2027-03-15T09:00", NY)
    for rule in (days_before(0, "18:00"), days_before(0, "08:00", minimum_notice=timedelta(hours=2))):
        found = moment(rule, start, ZoneInfo(NY))
        assert isinstance(found, Missed)
        assert found.reason is Reason.SHORT_NOTICE


zones = st.sampled_from(ODD)
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@st.composite
def starts(draw: st.DrawFn, zone: str) -> datetime:
    """A start within days of a change of the zone's clock."""
    change = draw(st.sampled_from(CHANGES[zone]))
    return change + MINUTE * draw(st.integers(-2 * 24 * 60, 4 * 24 * 60))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), zone=zones, days=st.integers(0, 3), at=clocks)
def test_a_time_of_a_day_is_the_first_instant_that_shows_it(
    data: st.DataObject, zone: str, days: int, at: time
) -> None:
    start, place = data.draw(starts(zone)), ZoneInfo(zone)
    wanted = datetime.combine(start.astimezone(place).date() - timedelta(days=days), at)
    begin = wanted.replace(tzinfo=UTC) - timedelta(hours=15)
    grid = (begin + MINUTE * step for step in range(4 * 24 * 60))
    shown = next(each for each in grid if each.astimezone(place).replace(tzinfo=None) >= wanted)
    assume(shown < start)
    assert moment(days_before(days, f"{at}"), start, place) == shown


@settings(max_examples=150, deadline=None)
@given(data=st.data(), zone=zones, before=st.integers(1, 72 * 60), hours=st.tuples(clocks, clocks))
def test_allowed_hours_are_the_last_that_the_clock_shows(
    data: st.DataObject, zone: str, before: int, hours: tuple[time, time]
) -> None:
    start, place = data.draw(starts(zone)), ZoneInfo(zone)
    earliest, latest = sorted(hours)
    rule = ReminderRule(name="any", when=Elapsed(MINUTE * before), text="Hi", earliest=earliest, latest=latest)
    wish = start - MINUTE * before
    grid = [wish - MINUTE * step for step in range(3 * 24 * 60)]
    shown = next(each for each in grid if earliest <= each.astimezone(place).time() <= latest)
    assert moment(rule, start, place) == shown


@given(data=st.data(), zone=zones, days=st.integers(1, 400))
def test_a_day_before_keeps_the_time_on_the_wall(data: st.DataObject, zone: str, days: int) -> None:
    start, place = data.draw(starts(zone)), ZoneInfo(zone)
    found = moment(ReminderRule(name="any", when=CalendarDays(days), text="Hi"), start, place)
    assert isinstance(found, datetime)
    wanted = start.astimezone(place).replace(tzinfo=None) - timedelta(days=days)
    shown = found.astimezone(place).replace(tzinfo=None)
    assert shown == wanted or shown - wanted <= timedelta(days=1)  # skipped: as soon as the clock goes on
    assert (shown == wanted) or (found - MINUTE).astimezone(place).replace(tzinfo=None) < wanted
