"""One total order: whatever the order of arrival, the end is the same."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.statuses import (
    ORDER,
    TWILIO_STATUSES,
    MessageState,
    greatest,
)

TWILIO_ENUM = (  # message_enum_status of Twilio's OpenAPI description
    "queued sending sent failed delivered undelivered receiving received accepted scheduled read "
    "partially_delivered canceled"
)


def test_the_order_is_the_designs() -> None:
    ours = "planned claimed unknown skipped expired"
    twilios = (
        "scheduled accepted queued sending sent partially_delivered canceled failed undelivered delivered read"
    )
    assert [state.value for state in sorted(MessageState, key=lambda state: ORDER[state])] == [
        *ours.split(),
        *twilios.split(),
        "receiving",
        "received",
    ]


def test_twilios_statuses_are_twilios() -> None:
    assert {state.value for state in TWILIO_STATUSES} == set(TWILIO_ENUM.split())


@pytest.mark.parametrize(
    ("first", "second", "wins"),
    [
        ("sent", "queued", "sent"),
        ("delivered", "undelivered", "delivered"),
        ("failed", "sent", "failed"),
        ("failed", "delivered", "delivered"),
        ("read", "delivered", "read"),
        ("unknown", "accepted", "accepted"),
        ("claimed", "claimed", "claimed"),
    ],
)
def test_greatest(first: str, second: str, wins: str) -> None:
    assert greatest(MessageState(first), MessageState(second)) is MessageState(wins)
    assert greatest(MessageState(second), MessageState(first)) is MessageState(wins)


@given(data=st.data(), arrivals=st.lists(st.sampled_from(MessageState), min_size=1))
def test_any_order_of_arrival_ends_the_same(data: st.DataObject, arrivals: list[MessageState]) -> None:
    shuffled = data.draw(st.permutations(arrivals + data.draw(st.lists(st.sampled_from(arrivals)))))
    assert reduce(greatest, shuffled) is reduce(greatest, arrivals)
