"""What to conclude about a message whose answer was lost, from what Twilio shows; nothing here asks anybody.

Twilio has no idempotency key, so its own list is the only witness. A message is adopted only when exactly its body
went to its number in time and belongs to no other row; whatever is less clear than that is for a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from messaging.twilio_history import SentMessage

CLOCKS_APART = timedelta(minutes=5)
"""How far Twilio's clock and the database's are taken to differ at most."""
RIVAL_PATIENCE = timedelta(seconds=30)
"""How long to wait for another request under way with the same words to the same number."""
REVIEW_AGAIN = timedelta(minutes=15)
"""How often Twilio is asked again about what a person is to decide."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one message. Times are the database's clock.

    `deadline` is when its request had ended for sure. `exact` are messages at Twilio with its very body that no
    row owns, oldest first; `strangers` are others to the number that no row owns and none under way explains.
    `has_rival`: another row with the same body to the same number is being requested at this moment.
    """

    now: datetime
    deadline: datetime
    grace: timedelta
    exact: Sequence[SentMessage] = ()
    strangers: Sequence[SentMessage] = ()
    has_rival: bool = False


@dataclass(frozen=True, slots=True)
class Adopt:
    """It was sent: this is its SID and status."""

    message: SentMessage


@dataclass(frozen=True, slots=True)
class Replan:
    """It was not sent: the same attempt may be made again."""


@dataclass(frozen=True, slots=True)
class AskPerson:
    """Something went to the number that may or may not be it; look again meanwhile, as its row may turn up."""

    evidence: Sequence[SentMessage]
    again_at: datetime


@dataclass(frozen=True, slots=True)
class WaitMore:
    """Too early to say; look again at this moment."""

    until: datetime


Decision = Adopt | Replan | AskPerson | WaitMore


def decide(facts: Facts) -> Decision:
    """The conclusion from the facts, by the first rule that fits."""
    if facts.exact and facts.has_rival:
        return WaitMore(facts.now + RIVAL_PATIENCE)
    if facts.exact:
        return Adopt(facts.exact[0])
    if facts.strangers:
        return AskPerson(facts.strangers, again_at=facts.now + REVIEW_AGAIN)
    until = facts.deadline + facts.grace
    return Replan() if facts.now >= until else WaitMore(until)


def earliest_creation(claimed_at: datetime) -> datetime:
    """From when on a message at Twilio may be the one claimed then: whole seconds, and clocks that differ."""
    return claimed_at.replace(microsecond=0) - CLOCKS_APART
