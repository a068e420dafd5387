"""What Twilio may keep until its time: neither too near nor too far, and handed over as early as it takes it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.scheduling import Departure, can_keep

NOW = datetime(2026, 3, 9, 15, tzinfo=UTC)
TWILIO_TAKES = (timedelta(minutes=5), timedelta(days=35))
AHEAD = st.timedeltas(min_value=-timedelta(days=1), max_value=timedelta(days=400))


@pytest.mark.parametrize(
    ("label", "ahead", "kept"),
    [
        ("now", timedelta(), False),
        ("Twilio's least, with no margin", timedelta(minutes=5), False),
        ("a moment too near", timedelta(minutes=7) - timedelta(microseconds=1), False),
        ("near", timedelta(minutes=7), True),
        ("far", timedelta(days=34), True),
        ("Twilio's most, with no margin", timedelta(days=35), False),
        ("over", -timedelta(hours=1), False),
    ],
)
def test_can_keep(label: str, ahead: timedelta, kept: bool) -> None:  # noqa: FBT001
    assert can_keep(NOW + ahead, now=NOW) is kept, label


@given(AHEAD)
def test_what_is_handed_over_is_taken_then_and_leaves_at_no_other_time(ahead: timedelta) -> None:
    send_at = NOW + ahead
    departure = Departure.handed_over(send_at, now=NOW)
    if departure.send_at_twilio is None:
        assert departure.send_after == send_at
        assert ahead < TWILIO_TAKES[0] + timedelta(minutes=2)
        return
    assert departure.send_at_twilio == send_at
    assert departure.send_after >= NOW
    assert TWILIO_TAKES[0] < send_at - departure.send_after < TWILIO_TAKES[1]
    assert can_keep(send_at, now=departure.send_after)
