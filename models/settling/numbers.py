"""All doubtful messages to one number, settled together: each message at Twilio is given away once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from messaging.twilio_history import OUTBOUND_API, SentMessage
from models.settling.rules import Adopt, Decision, Facts, decide, earliest_creation


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row in state `unknown`: what was claimed, when, and when its request had ended for sure."""

    id: int
    phone: str
    claim_id: UUID
    attempt: int
    body: str
    claimed_at: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Witness:
    """What is known of a number: Twilio's messages to it that no row owns, bodies of requests under way."""

    now: datetime
    grace: timedelta
    unowned: Sequence[SentMessage]
    under_way: Mapping[str, int] = field(default_factory=dict)


def settle_number(doubts: Sequence[Doubt], witness: Witness) -> dict[int, Decision]:
    """A decision for each doubtful row of one number, by its id.

    Rows take their exact matches oldest first, so two with the same words never get the same SID; only what is
    left then can be a stranger to any of them.
    """
    left = sorted(
        (one for one in witness.unowned if one.direction == OUTBOUND_API),
        key=lambda one: (one.date_created, one.sid),
    )
    decisions: dict[int, Decision] = {}
    awaited = Counter(witness.under_way)
    undecided: list[Doubt] = []
    for doubt in sorted(doubts, key=lambda doubt: (doubt.claimed_at, doubt.id)):
        exact = [one for one in left if one.body == doubt.body and _in_time(one, doubt)]
        if not exact:
            undecided.append(doubt)
            continue
        decisions[doubt.id] = decision = decide(_facts(doubt, witness, exact=exact))
        if isinstance(decision, Adopt):
            left.remove(decision.message)
        else:
            awaited[doubt.body] += 1
    strangers = _unexplained(left, awaited)
    for doubt in undecided:
        seen = [one for one in strangers if _in_time(one, doubt)]
        decisions[doubt.id] = decide(_facts(doubt, witness, strangers=seen))
    return decisions


def _in_time(message: SentMessage, doubt: Doubt) -> bool:
    return message.date_created >= earliest_creation(doubt.claimed_at)


def _facts(
    doubt: Doubt, witness: Witness, *, exact: Sequence[SentMessage] = (), strangers: Sequence[SentMessage] = ()
) -> Facts:
    return Facts(
        now=witness.now,
        deadline=doubt.deadline,
        grace=witness.grace,
        exact=exact,
        strangers=strangers,
        has_rival=witness.under_way.get(doubt.body, 0) > 0,
    )


def _unexplained(messages: Sequence[SentMessage], awaited: "Counter[str]") -> list[SentMessage]:
    """Each request whose SID is awaited explains one message with its body."""
    found: list[SentMessage] = []
    for message in messages:
        if awaited[message.body] > 0:
            awaited[message.body] -= 1
        else:
            found.append(message)
    return found
