"""No span holds a forbidden local time, and none begins later than it might: checked against the clock itself.

The oracle knows nothing of offsets: it asks the zone what its clock shows at each quarter of an hour.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from messaging.quiet_hours.hours import Hours
from messaging.quiet_hours.places import Place
from messaging.quiet_hours.rulebook import LONGEST_PAUSE_DAYS, Rulebook
from messaging.quiet_hours.rules import Rule
from messaging.quiet_hours.spots import Spot
from messaging.quiet_hours.weeks import Window

QUARTER = timedelta(minutes=15)
ODD = (
    "Asia/Kathmandu",  # +05:45
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Pacific/Apia",  # skipped 30 December 2011
    "America/Sao_Paulo",  # changed at midnight until 2019
    "Africa/Casablanca",  # sets its clock back for Ramadan
    "Pacific/Chatham",
    "Antarctica/Troll",  # two hours of daylight saving
    "America/St_Johns",
    "America/New_York",
    "Europe/London",
    "Pacific/Kiritimati",
    "Pacific/Honolulu",
)
REGIONS = ("US", "US-TX", "FR", "ZZ")
BOUND = 24 * 4


@st.composite
def windows(draw: st.DrawFn) -> Window | None:
    opens = draw(st.integers(0, BOUND - 1))
    closes = draw(st.integers(opens + 1, BOUND))
    return draw(st.sampled_from([Window(opens * 15, closes * 15)] * 4 + [None]))


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    weeks = {region: tuple(draw(st.lists(windows(), min_size=7, max_size=7))) for region in REGIONS}
    return Rulebook({region: (Rule(region, week, "made up"),) for region, week in weeks.items()})


spots = st.builds(Spot, st.sampled_from(ODD), st.sampled_from(REGIONS))
BEGIN = datetime(2011, 12, 1, tzinfo=UTC)
YEAR = 365 * BOUND


def changes(zone: str) -> list[datetime]:
    """When the zone's clock is set forward or back, to the day before."""
    offsets = [(at, at.astimezone(ZoneInfo(zone)).utcoffset()) for at in DAYS]
    return [before for (before, old), (_, new) in pairwise(offsets) if old != new]


DAYS = [BEGIN + timedelta(days=day) for day in range(16 * 365)]
CHANGES = {zone: changes(zone) or [BEGIN] for zone in ODD}
moments = st.one_of(
    st.integers(0, 23 * YEAR).map(lambda steps: BEGIN + QUARTER * steps),
    st.sampled_from([datetime(2024, 2, 28, 23, 45, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC)]),
)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[frozenset[Spot], datetime]:
    """Where, and when: at any time, or within hours of a change of a clock there."""
    places = draw(st.frozensets(spots, min_size=1, max_size=2))
    change = draw(st.sampled_from(CHANGES[draw(st.sampled_from(sorted(places))).zone]))
    near = st.integers(-24, BOUND).map(lambda steps: change + QUARTER * steps)
    return places, draw(st.one_of(near, near, moments))


def shown(rulebook: Rulebook, spot: Spot, at: datetime) -> bool:
    """Whether the clock on the wall shows an allowed time."""
    wall = at.astimezone(ZoneInfo(spot.zone))
    window = rulebook.window(spot.region, wall.date())
    return window is not None and window.opens <= wall.hour * 60 + wall.minute < window.closes


@settings(max_examples=300, deadline=None)
@given(rulebook=rulebooks(), scene=scenes())
@example(
    rulebook=Rulebook.of({}),
    scene=(frozenset({Spot("Pacific/Apia", "ZZ")}), datetime(2011, 12, 29, 9, tzinfo=UTC)),
)
@example(
    rulebook=Rulebook({"ZZ": (Rule("ZZ", (Window(75, 105),) * 7, "within the hour that comes twice"),)}),
    scene=(frozenset({Spot("America/New_York", "ZZ")}), datetime(2026, 11, 1, 4, tzinfo=UTC)),
)
def test_the_next_span_is_the_first_and_allowed_throughout(
    rulebook: Rulebook, scene: tuple[frozenset[Spot], datetime]
) -> None:
    places, at = scene
    span = Hours(rulebook, applies_to=frozenset()).span(Place(places), at)
    grid = [at + QUARTER * step for step in range(LONGEST_PAUSE_DAYS * BOUND)]
    allowed = [each for each in grid if all(shown(rulebook, spot, each) for spot in places)]
    if not allowed:
        assert span is None or span.opens_at > grid[-1]
        return
    assert span is not None
    assert max(span.opens_at, at) == allowed[0]
    inside = list(takewhile(lambda each: each < span.closes_at, grid[grid.index(allowed[0]) :]))
    assert inside == [each for each in allowed if each < span.closes_at]
    assert span.closes_at > grid[-1] or not all(shown(rulebook, spot, span.closes_at) for spot in places)


@settings(max_examples=60, deadline=None)
@given(place=spots, moment=moments, later=st.lists(st.integers(0, 20 * BOUND), max_size=6))
def test_what_is_kept_is_what_would_be_worked_out_anew(place: Spot, moment: datetime, later: list[int]) -> None:
    hours = Hours(Rulebook.of({}), applies_to=frozenset())
    where = Place(frozenset({place}))
    for steps in [0, *later]:
        at = moment + QUARTER * steps
        anew = Hours(Rulebook.of({}), applies_to=frozenset())
        assert hours.opening(where, at) == anew.opening(where, at)
