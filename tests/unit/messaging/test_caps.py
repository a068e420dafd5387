"""Who is over a cap: as labelled cases, and as the rule itself over random histories."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.caps.by_law import attempt_caps, listed
from messaging.caps.cap import Asked, Cap, over_caps

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
DAILY = Cap(hours=24, messages=2, reason="daily")
WEEKLY = Cap(hours=168, messages=3, reason="weekly")
ADA, BOB = 1, 2


def ago(*hours: float) -> list[datetime]:
    return [NOW - timedelta(hours=each) for each in hours]


def counted(left: Sequence[datetime], caps: Sequence[Cap], *, now: datetime) -> dict[tuple[int, float], int]:
    """How many of these messages to Ada are in the window of each cap."""
    return {(ADA, cap.hours): sum(moment > now - timedelta(hours=cap.hours) for moment in left) for cap in caps}


@pytest.mark.parametrize(
    ("label", "caps", "left", "asked", "over"),
    [
        ("nobody is capped without a cap", (), ago(1, 2, 3, 4), [ADA], {}),
        ("the first message leaves", (DAILY,), [], [ADA], {}),
        ("one below the cap leaves", (DAILY,), ago(1), [ADA], {}),
        ("at the cap nothing leaves", (DAILY,), ago(1, 23), [ADA], {0: "daily"}),
        ("what left exactly a window ago does not count", (DAILY,), ago(1, 24), [ADA], {}),
        ("what left a moment less than a window ago counts", (DAILY,), ago(1, 23.999), [ADA], {0: "daily"}),
        ("the same claim counts too", (DAILY,), ago(1), [ADA, ADA, ADA], {1: "daily", 2: "daily"}),
        ("another person has messages of their own", (DAILY,), ago(1, 2), [BOB, ADA, BOB], {1: "daily"}),
        ("the longer cap alone is reached", (DAILY, WEEKLY), ago(30, 40, 50), [ADA], {0: "weekly"}),
        ("of two that are reached the longer one is told", (DAILY, WEEKLY), ago(1, 2, 50), [ADA], {0: "weekly"}),
        ("a clock that went back counts what seems to come", (DAILY,), ago(-1, -2), [ADA], {0: "daily"}),
    ],
)
def test_over_caps(
    label: str, caps: Sequence[Cap], left: list[datetime], asked: list[int], over: dict[int, str]
) -> None:
    messages = [Asked(number, person, caps) for number, person in enumerate(asked)]
    assert over_caps(messages, left=counted(left, caps, now=NOW)) == over, label


CAPS = st.lists(
    st.builds(Cap, hours=st.integers(1, 6), messages=st.integers(1, 3), reason=st.just("cap")),
    min_size=1,
    max_size=2,
)
"""Small, so that the caps are reached again and again."""


@given(CAPS, st.lists(st.tuples(st.integers(0, 90), st.integers(1, 3)), max_size=30))
def test_no_window_ever_holds_more_than_its_cap(caps: list[Cap], claims: list[tuple[int, int]]) -> None:
    left: list[datetime] = []
    now = NOW
    for minutes, messages in claims:
        now += timedelta(minutes=minutes)
        asked = [Asked(number, ADA, caps) for number in range(messages)]
        left += [now] * (messages - len(over_caps(asked, left=counted(left, caps, now=now))))
    for cap in caps:
        for end in left:
            assert sum(end - timedelta(hours=cap.hours) < moment <= end for moment in left) <= cap.messages


@given(CAPS, st.integers(0, 5), st.integers(1, 5))
def test_as_many_leave_as_the_caps_have_room_for(caps: list[Cap], earlier: int, messages: int) -> None:
    left = {(ADA, cap.hours): earlier for cap in caps}
    over = over_caps([Asked(number, ADA, caps) for number in range(messages)], left=left)
    room = max(0, min(cap.messages for cap in caps) - earlier)
    assert messages - len(over) == min(messages, room)


@pytest.mark.parametrize(
    ("label", "regions", "caps"),
    [
        ("Florida", ["US-FL"], [(3, 24.0)]),
        ("an area code of two states, one with a cap", ["US-NJ", "US-NY"], [(3, 24.0)]),
        ("a state without one", ["US-NY"], []),
        ("nowhere", [], []),
    ],
)
def test_caps_of_states(label: str, regions: list[str], caps: list[tuple[int, float]]) -> None:
    assert [(cap.messages, cap.hours) for cap in attempt_caps(regions)] == caps, label


def test_every_cap_of_a_state_names_its_law_and_source() -> None:
    assert {row.region for row in listed()} == {"US-FL", "US-MD", "US-NJ", "US-OK"}
    assert [row.region for row in listed() if not (row.law and row.source and row.as_of)] == []
