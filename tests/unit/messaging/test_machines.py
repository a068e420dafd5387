"""When the other side looks like a machine."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.machines import PAUSE, UNBROKEN, WITHIN, Said, looks_like_a_machine

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def said(*bodies: str, every: float = 60.0) -> list[Said]:
    return [Said(START + timedelta(seconds=place * every), body) for place, body in enumerate(bodies)]


CASES: dict[str, tuple[list[Said], bool]] = {
    "nothing": ([], False),
    "three times the same": (said("hours", "Hours?", "hours!"), False),
    "four times the same, however written": (said("hours", "Hours?", "HOURS", "hours!"), True),
    "four times, but over a day": (said(*["hours"] * 4, every=6 * 3600), False),
    "the same before, another now": (said("ok", "ok", "ok", "ok", "thanks"), False),
    "pictures": (said("", "", "", "", ""), False),
    "thumbs": (said("👍", "👍", "👍", "👍"), False),
    "a quick person": (said(*[f"text {n}" for n in range(8)], every=3), False),
    "never a pause": (said(*[f"text {n}" for n in range(12)], every=3), True),
    "a pause in between": (
        said(*[f"a {n}" for n in range(6)], every=3)
        + [Said(START + timedelta(seconds=60 + n), f"b {n}") for n in range(6)],
        False,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_looks_like_a_machine(case: str) -> None:
    heard, expected = CASES[case]
    assert looks_like_a_machine(heard) is expected


@given(st.lists(st.text(alphabet="abc ", max_size=4), max_size=30), st.integers(20, 10_000))
def test_who_pauses_and_varies_is_a_person(bodies: list[str], seconds: int) -> None:
    varied = [f"{place} {body}" for place, body in enumerate(bodies)]
    assert not looks_like_a_machine(said(*varied, every=max(seconds, PAUSE.total_seconds())))


@given(st.integers(UNBROKEN, 40), st.floats(0, 19))
def test_who_never_pauses_is_a_machine_in_whatever_order_it_is_read(count: int, seconds: float) -> None:
    heard = said(*[str(n) for n in range(count)], every=seconds)
    assert looks_like_a_machine(heard[::-1])
    assert timedelta(seconds=seconds) < WITHIN
