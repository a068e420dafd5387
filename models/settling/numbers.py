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
    """A row in state `unknown`: what was claimed, when, and when its request had ended for sure.

    What Twilio has of a `sensitive` one is not kept as evidence.
    """

    id: int
    phone: str
    claim_id: UUID
    attempt: int
    body: str
    claimed_at: datetime
    deadline: datetime
    media: int = 0
    sensitive: bool = False

    @property
    def essence(self) -> str:
        """What it is known by at Twilio."""
        return essence(self.body, self.media)


@dataclass(frozen=True, slots=True)
class Witness:
    """What is known of a number: Twilio's messages to it that no row owns, essences of requests under way."""

    now: datetime
    grace: timedelta
    unowned: Sequence[SentMessage]
    under_way: Mapping[str, int] = field(default_factory=dict)


def essence(body: str, media: int) -> str:
    """What a message is recognised by: its text, or the number of its media where it has none."""
    return body or f"\0{media} media"


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
        exact = [one for one in left if _essence(one) == doubt.essence and _in_time(one, doubt)]
        if not exact:
            undecided.append(doubt)
            continue
        decisions[doubt.id] = decision = decide(_facts(doubt, witness, exact=exact))
        if isinstance(decision, Adopt):
            left.remove(decision.message)
        else:
            awaited[doubt.essence] += 1
    strangers = _unexplained(left, awaited)
    for doubt in undecided:
        seen = [one for one in strangers if _in_time(one, doubt)]
        decisions[doubt.id] = decide(_facts(doubt, witness, strangers=seen))
    return decisions


def _essence(message: SentMessage) -> str:
    return essence(message.body, message.num_media)


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
        has_rival=witness.under_way.get(doubt.essence, 0) > 0,
    )


def _unexplained(messages: Sequence[SentMessage], awaited: "Counter[str]") -> list[SentMessage]:
    """Each request whose SID is awaited explains one message like it."""
    found: list[SentMessage] = []
    for message in messages:
        if awaited[_essence(message)] > 0:
            awaited[_essence(message)] -= 1
        else:
            found.append(message)
    return found
