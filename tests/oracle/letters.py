"""A message as the oracle follows it, and what an oracle may be wrong in on purpose."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Wrong:
    """What an oracle may be wrong in on purpose, to see that it shows."""

    no_states: bool = False
    hours_later: int = 0
    no_topics: bool = False
    one_more: bool = False
    restores_all: bool = False
    never_stale: bool = False
    single_is_enough: bool = False
    no_reviews: bool = False


@dataclass
class Letter:
    """A message to the person: planned, sent, skipped for one of some reasons, expired, refused or gone."""

    label: str
    kind: str
    topic: str
    due: datetime
    ends: datetime
    state: str = "planned"
    reasons: frozenset[str] = frozenset()
    direct: bool = False


def turn(letter: Letter) -> tuple[bool, str, datetime]:
    """Campaigns leave one after the other by name, then single messages, marketing first, in their order."""
    return (True, letter.kind, letter.due) if letter.direct else (False, letter.label, letter.due)
