"""Signatures and waits of outgoing webhooks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.outgoing.signing import signed_headers
from models.events.backoff import LONGEST_WAIT, wait_after
from models.events.kinds import EventKind
from models.events.subscriptions import NoSuchKind, new_secret, read_kinds


def test_the_example_of_the_specification() -> None:
    headers = signed_headers(
        b'{"test": 2432232314}',
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        id_="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1_614_265_330, UTC),
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_secret_is_another() -> None:
    assert len({new_secret() for _ in range(100)}) == 100


@given(st.integers(1, 1_000), st.floats(0, 1))
def test_waits_grow_to_an_hour_and_are_spread(failures: int, chance: float) -> None:
    wait = wait_after(failures, chance=chance)
    assert 3.5 <= wait <= LONGEST_WAIT * 1.3
    assert wait_after(failures + 1, chance=chance) >= wait


@pytest.mark.parametrize(("failures", "seconds"), [(1, 5), (2, 15), (3, 45), (6, 1_215), (7, 3_600), (99, 3_600)])
def test_waits_in_the_middle(failures: int, seconds: float) -> None:
    assert wait_after(failures, chance=0.5) == seconds


def test_kinds_by_name() -> None:
    assert read_kinds(["message.status", "message.status"]) == [EventKind.MESSAGE_STATUS]
    with pytest.raises(NoSuchKind, match="There is no event"):
        read_kinds(["message.gone"])
