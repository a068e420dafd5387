"""When a message that Twilio could not take yet is tried again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.outcomes import NOT_SENT, Outcome, OutcomeClass, Verdict, listed
from tasks.findings import LONG_JITTER, LONGEST_WAIT, wait_seconds

RETRYABLE = [verdict for _, verdict in listed() if verdict.retryable] + [NOT_SENT]
TRANSIENT = [verdict for verdict in RETRYABLE if verdict.kind is OutcomeClass.TRANSIENT]


def _of(code: int) -> Verdict:
    return next(verdict for verdict in RETRYABLE if verdict.code == code)


@pytest.mark.parametrize(
    ("label", "verdict", "tries", "least", "most"),
    [
        ("nothing listens", NOT_SENT, 0, 0.5, 1.0),
        ("429, first time", _of(20429), 0, 0.5, 1.0),
        ("429, fifth time", _of(20429), 4, 8.0, 16.0),
        ("429, for ever", _of(20429), 40, 150.0, 300.0),
        ("maintenance", _of(21730), 0, 30.0, 60.0),
        ("queue full, whichever time", _of(21611), 9, 1_800.0, 2_250.0),
        ("limit of the day", _of(63038), 0, 86_400.0, 108_000.0),
    ],
)
def test_wait(label: str, verdict: Verdict, tries: int, least: float, most: float) -> None:
    waits = [wait_seconds(Outcome.of(verdict), tries=tries) for _ in range(200)]
    assert least <= min(waits), label
    assert max(waits) <= most, label
    assert max(waits) - min(waits) > (most - least) / 2, "messages that failed together come back apart"


@given(verdict=st.sampled_from(RETRYABLE), tries=st.integers(0, 30_000), asked=st.floats(0, 1e5))
def test_never_sooner_than_twilio_asked_and_never_without_end(verdict: Verdict, tries: int, asked: float) -> None:
    waited = wait_seconds(Outcome.of(replace(verdict, retry_after=asked)), tries=tries)
    assert waited >= asked
    assert waited <= max(asked, LONGEST_WAIT, (verdict.wait or 0) * (1 + LONG_JITTER))
