"""What a Retry-After header asks for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.retry_after import seconds_to_wait

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("label", "header", "seconds"),
    [
        ("seconds", "30", 30.0),
        ("at once", "0", 0.0),
        ("with blanks", " 7 ", 7.0),
        ("a date", "Sat, 21 Nov 2026 12:01:30 GMT", 90.0),
        ("a date that is over", "Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("a date without a zone", "Sat, 21 Nov 2026 12:00:10 -0000", 10.0),
        ("nothing", "", None),
        ("less than nothing", "-5", None),
        ("a fraction", "1.5", None),
        ("other digits", "٣", None),
        ("words", "soon", None),
    ],
)
def test_retry_after(label: str, header: str, seconds: float | None) -> None:
    assert seconds_to_wait(header, now=NOW) == seconds, label


@given(st.text(max_size=40))
def test_no_header_is_an_error(header: str) -> None:
    seconds = seconds_to_wait(header, now=NOW)
    assert seconds is None or seconds >= 0
