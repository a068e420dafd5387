"""A sender that is too fast comes to just below what is allowed, and back up when more is."""

from collections.abc import Iterator
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.throttle import (
    CUT,
    FLOOR,
    ONE_BURST_SECONDS,
    PLATEAU_SECONDS,
    share_after_complaint,
    share_now,
)

SHARES = st.floats(FLOOR, CUT)
SECONDS = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("label", "share", "seconds", "expected"),
    [
        ("never cut", 1.0, None, 1.0),
        ("just cut", 0.4, 0.0, 0.4),
        ("back where Twilio complained", 0.2, PLATEAU_SECONDS, 0.4),
        ("halfway in time, most of the way in speed", 0.2, PLATEAU_SECONDS / 2, 0.375),
        ("looks for more after that", 0.2, 2 * PLATEAU_SECONDS, 0.6),
        ("never more than its rate", 0.5, 10 * PLATEAU_SECONDS, 1.0),
        ("a clock set back is no time", 0.4, -5.0, 0.4),
    ],
)
def test_share(label: str, share: float, seconds: float | None, expected: float) -> None:
    assert share_now(share, seconds=seconds) == pytest.approx(expected), label


def test_fifty_complaints_of_one_burst_halve_once() -> None:
    assert share_after_complaint(1.0, seconds=None) == 0.5
    assert share_after_complaint(0.5, seconds=ONE_BURST_SECONDS - 0.01) is None
    again = share_after_complaint(0.5, seconds=ONE_BURST_SECONDS)
    assert again is not None
    assert 0.25 <= again < 0.35


@given(share=SHARES, seconds=SECONDS, later=SECONDS)
def test_it_only_climbs_and_stays_between_floor_and_one(share: float, seconds: float, later: float) -> None:
    now, then = share_now(share, seconds=seconds), share_now(share, seconds=seconds + later)
    assert FLOOR <= now <= then <= 1.0


@given(share=SHARES, seconds=st.one_of(st.none(), SECONDS))
def test_a_cut_halves_what_there_is_and_stops_at_the_floor(share: float, seconds: float | None) -> None:
    cut = share_after_complaint(share, seconds=seconds)
    if cut is not None:
        assert cut == max(FLOOR, CUT * share_now(share, seconds=seconds))


def _speeds(*, allowed: float, seconds: float, lag: float = 1.0, step: float = 0.1) -> Iterator[float]:
    """A sender that hears a complaint `lag` seconds after it exceeded what is allowed."""
    share, cut_at = 1.0, None
    exceeded: list[float] = []
    for tick in range(int(seconds / step)):
        now = tick * step
        since = None if cut_at is None else now - cut_at
        speed = share_now(share, seconds=since)
        yield speed
        if speed > allowed:
            exceeded.append(now)
        if any(now - lag - step < at <= now - lag for at in exceeded[-40:]):
            cut = share_after_complaint(share, seconds=since)
            if cut is not None:
                share, cut_at = cut, now


@given(allowed=st.floats(2 * FLOOR, 0.9))
def test_it_converges_below_what_is_allowed(allowed: float) -> None:
    speeds = list(_speeds(allowed=allowed, seconds=300))[1_000:]
    assert 0.6 * allowed < mean(speeds) < 1.05 * allowed
    assert mean(speed > allowed for speed in speeds) < 0.25


def test_it_is_at_full_speed_again_within_minutes_of_the_last_complaint() -> None:
    assert share_now(FLOOR, seconds=180) == 1.0
