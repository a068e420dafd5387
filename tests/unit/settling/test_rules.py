"""What is concluded from Twilio's list, case by case and for any list."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.twilio_history import SentMessage
from models.settling.numbers import Doubt, Witness, settle_number
from models.settling.rules import Adopt, AskPerson, Replan, WaitMore, earliest_creation

CLAIMED = datetime(2027, 1, 4, 12, 0, 0, 700_000, tzinfo=UTC)
DEADLINE = CLAIMED + timedelta(seconds=60)
GRACE = timedelta(minutes=2)
EARLY, LATE = DEADLINE, DEADLINE + GRACE


def doubt(number: int = 1, body: str = "Hi", *, later: float = 0.0) -> Doubt:
    claimed_at = CLAIMED + timedelta(seconds=later)
    return Doubt(
        id=number,
        phone="+12025550100",
        claim_id=UUID(int=number),
        attempt=1,
        body=body,
        claimed_at=claimed_at,
        deadline=claimed_at + (DEADLINE - CLAIMED),
    )


def sent(name: str, body: str = "Hi", *, after: float = 1.0, direction: str = "outbound-api") -> SentMessage:
    return SentMessage(
        sid=name,
        to="+12025550100",
        body=body,
        status="queued",
        direction=direction,
        messaging_service_sid=None,
        date_created=(CLAIMED + timedelta(seconds=after)).replace(microsecond=0),
        error_code=None,
    )


@dataclass(frozen=True)
class Case:
    name: str
    expected: tuple[str, ...]
    unowned: tuple[SentMessage, ...] = ()
    now: datetime = LATE
    doubts: tuple[Doubt, ...] = (doubt(),)
    under_way: dict[str, int] = field(default_factory=dict)


CASES = [
    Case("its body was sent", ("a",), (sent("a"),)),
    Case("adopted even before the deadline", ("a",), (sent("a"),), now=CLAIMED),
    Case("nothing, too early", ("wait",), now=LATE - timedelta(microseconds=1)),
    Case("nothing, after the grace", ("resend",)),
    Case("another body", ("person",), (sent("a", "Hi Ada"),)),
    Case("another body, even before the deadline", ("person",), (sent("a", "Hi Ada"),), now=EARLY),
    Case("altered body of a trial account", ("person",), (sent("a", "Sent from a Twilio trial account - Hi"),)),
    Case("its own reply to STOP is not it", ("resend",), (sent("a", "Hi", direction="outbound-reply"),)),
    Case("what came in is not it", ("resend",), (sent("a", "Hi", direction="inbound"),)),
    Case("five minutes before, in whole seconds", ("a",), (sent("a", after=-300.7),)),
    Case("more than five minutes before", ("resend",), (sent("a", after=-301.7),)),
    Case("another's from long before", ("resend",), (sent("a", "Other", after=-400),)),
    Case("the oldest of two with its body", ("a",), (sent("b", after=3), sent("a", after=2))),
    Case("its body and a stranger", ("a",), (sent("b", "Other"), sent("a"))),
    Case("two rows, two messages", ("a", "b"), (sent("b", after=9), sent("a")),
         doubts=(doubt(1), doubt(2, later=5))),
    Case("two rows, one message: the older takes it", ("resend", "a"), (sent("a"),), LATE + timedelta(9),
         doubts=(doubt(1, later=5), doubt(2))),
    Case("two rows, other words each", ("b", "a"), (sent("a", "A"), sent("b", "B")),
         doubts=(doubt(1, "B"), doubt(2, "A"))),
    Case("one's match is no stranger to the other", ("a", "resend"), (sent("a", "A"),),
         doubts=(doubt(1, "A"), doubt(2, "B"))),
    Case("a stranger to both", ("person", "person"), (sent("a", "C"),), doubts=(doubt(1, "A"), doubt(2, "B"))),
    Case("the same words are being sent just now", ("wait",), (sent("a"),), under_way={"Hi": 1}),
    Case("other words are being sent just now", ("resend",), (sent("a", "Other"),), under_way={"Other": 1}),
    Case("more of the other words than are being sent", ("person",),
         (sent("a", "Other"), sent("b", "Other")), under_way={"Other": 1}),
    Case("what waits for a rival is no stranger", ("wait", "resend"), (sent("a"), sent("b")),
         doubts=(doubt(1), doubt(2, "B")), under_way={"Hi": 1}),
]  # fmt: skip


def _word(decision: object) -> str:
    if isinstance(decision, Adopt):
        return decision.message.sid
    return {Replan: "resend", AskPerson: "person", WaitMore: "wait"}[type(decision)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_decisions(case: Case) -> None:
    witness = Witness(now=case.now, grace=GRACE, unowned=case.unowned, under_way=case.under_way)
    decisions = settle_number(case.doubts, witness)
    assert tuple(_word(decisions[one.id]) for one in case.doubts) == case.expected


def test_a_wait_ends_with_the_grace() -> None:
    assert settle_number([doubt()], Witness(now=CLAIMED, grace=GRACE, unowned=()))[1] == WaitMore(LATE)


def test_the_evidence_is_what_nobody_owns() -> None:
    stranger = sent("a", "Other")
    decision = settle_number([doubt()], Witness(now=LATE, grace=GRACE, unowned=[stranger]))[1]
    assert isinstance(decision, AskPerson)
    assert decision.evidence == [stranger]


bodies = st.sampled_from(["A", "B", "C"])
seconds = st.integers(-400, 400)
doubt_lists = st.lists(st.tuples(bodies, seconds), min_size=1, max_size=5)
message_lists = st.lists(st.tuples(bodies, seconds, st.sampled_from(["outbound-api", "inbound"])), max_size=6)


@given(doubt_lists, message_lists, st.dictionaries(bodies, st.integers(0, 2)), st.integers(0, 600))
def test_whatever_the_list(
    rows: list[tuple[str, int]], messages: list[tuple[str, int, str]], under_way: dict[str, int], later: int
) -> None:
    doubts = [doubt(number, body, later=at) for number, (body, at) in enumerate(rows, 1)]
    unowned = [
        sent(f"SM{number}", body, after=at, direction=way) for number, (body, at, way) in enumerate(messages)
    ]
    now = CLAIMED + timedelta(seconds=later)
    witness = Witness(now=now, grace=GRACE, unowned=unowned, under_way=under_way)
    decisions = settle_number(doubts, witness)
    assert decisions.keys() == {one.id for one in doubts}
    assert decisions == settle_number(doubts[::-1], replace(witness, unowned=unowned[::-1]))
    adopted = Counter(one.message.sid for one in decisions.values() if isinstance(one, Adopt))
    assert set(adopted.values()) <= {1}
    for row in doubts:
        decision = decisions[row.id]
        near = [
            one
            for one in unowned
            if one.direction == "outbound-api" and one.date_created >= earliest_creation(row.claimed_at)
        ]
        if isinstance(decision, Adopt):
            assert decision.message in near
            assert decision.message.body == row.body
            assert not under_way.get(row.body)
        if isinstance(decision, Replan):
            assert now >= row.deadline + GRACE
            unexplained = [one for one in near if one.sid not in adopted]
            assert all(
                under_way.get(one.body) or any(other.body == one.body for other in doubts if other is not row)
                for one in unexplained
            )
