"""Lanes of standing runs: direct messages have their own, the reminders of one sender share theirs."""

from collections import Counter

import pytest

from models.columns import new_id
from models.messages.direct.sending import DueRun
from tasks.direct_lanes import LANES, Lanes, chunk_of

SENDER, OTHER = new_id(), new_id()


def _run(*, sender: object = SENDER, rate: float = 10.0, of_reminders: bool = True) -> DueRun:
    return DueRun(new_id(), OTHER if sender is OTHER else SENDER, rate, of_reminders)


def _look(lanes: Lanes, due: list[DueRun], *, times: int) -> list[DueRun]:
    return [run for _ in range(times) for run in lanes.admit(due)]


def test_reminders_of_many_rules_share_the_lanes_of_their_sender() -> None:
    lanes, due = Lanes(), [_run() for _ in range(10)]
    assert len(_look(lanes, due, times=3)) == lanes.taken == LANES


def test_direct_messages_and_another_senders_reminders_have_lanes_of_their_own() -> None:
    lanes, rules = Lanes(), [_run() for _ in range(10)]
    _look(lanes, rules, times=3)
    direct, elsewhere = _run(of_reminders=False), _run(sender=OTHER)
    assert Counter(_look(lanes, [*rules, direct, elsewhere], times=9)) == {direct: LANES, elsewhere: LANES}


def test_each_rule_has_its_turn_also_one_that_comes_later() -> None:
    lanes, due = Lanes(), [_run() for _ in range(6)]
    turns: list[DueRun] = []
    for _ in range(30):
        admitted = list(lanes.admit(due))
        turns += admitted
        for run in admitted:
            lanes.leave(run)
    assert max(Counter(turns).values()) - min(Counter(turns).values()) <= 1
    late = _run()
    after = list(lanes.admit([*due, late]))
    assert after[0] == late
    for run in after:
        lanes.leave(run)
    assert list(lanes.admit([*due, late])).index(late) == LANES - 1, "and then waits for its next turn"


def test_an_idle_lane_is_free_again() -> None:
    lanes, run = Lanes(), _run()
    for taken in _look(lanes, [run], times=9):
        lanes.leave(taken)
    assert lanes.taken == 0
    assert _look(lanes, [run], times=9) == [run] * LANES


@pytest.mark.parametrize(
    ("rate", "of_reminders", "most"),
    [(0.1, True, 1), (1.0, True, 2), (100.0, True, 250), (1e6, True, 500), (0.1, False, 500)],
)
def test_a_turn_is_ten_seconds_of_the_senders_time(rate: float, of_reminders: bool, most: int) -> None:  # noqa: FBT001 (a column of the table)
    assert chunk_of(_run(rate=rate, of_reminders=of_reminders)) == most
