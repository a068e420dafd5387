"""The clock of a stack: begun once, and going on when the stack is started again."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from deployments.process_id import ProcessId
from deployments.shared_clock import shared_clock
from deployments.stack_state import Addresses, Phase, StackState
from messaging.business_clock import BusinessClock
from messaging.settings import Settings

FAST = "2026-03-27T06:00:00+01:00 x 600"
EARLIER = f"{FAST} since 2026-11-01T12:00:00+00:00"
ADDRESSES = Addresses(api="", prefect="", prefect_api="", database="")


def last_stack(clock: str | None) -> StackState:
    return StackState(
        phase=Phase.STOPPED,
        supervisor=ProcessId.of(os.getpid()),
        addresses=ADDRESSES,
        embedded_database=True,
        clock=clock,
        ports={},
    )


def shared(written: str | None, last: StackState | None = None) -> BusinessClock | None:
    noted = shared_clock(Settings.model_validate({"tidings_clock": written}), last)
    return None if noted is None else BusinessClock.read(noted)


@pytest.mark.parametrize(
    ("label", "last"),
    [
        ("a new home", None),
        ("the last stack had the real time", last_stack(None)),
        ("another clock", last_stack(EARLIER.replace("600", "60"))),
    ],
)
def test_a_clock_begins_when_the_stack_starts(label: str, last: StackState | None) -> None:
    begun = shared(FAST, last)
    assert begun is not None
    assert begun.since is not None
    assert abs(begun.since - datetime.now(UTC)) < timedelta(minutes=1), label


def test_the_same_clock_goes_on() -> None:
    assert shared(FAST, last_stack(EARLIER)) == BusinessClock.read(EARLIER)


def test_the_real_instant_that_was_written_holds() -> None:
    other = f"{FAST} since 2026-11-02T12:00:00+00:00"
    assert shared(other, last_stack(EARLIER)) == BusinessClock.read(other)


def test_without_the_setting_time_is_the_real_one() -> None:
    assert shared(None, last_stack(EARLIER)) is None
