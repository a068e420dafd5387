"""Whether the other side of a conversation looks like a machine, so that two machines do not talk for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from messaging.keywords import plain

LOOKED_AT = 12
"""How many of a conversation's last inbound messages decide."""

SAME_TEXT = 4
"""So often the same text within `WITHIN` is no person any more."""

UNBROKEN = 12
"""So many messages, none of them after a pause of `PAUSE`, are written by nobody's thumbs."""

WITHIN = timedelta(minutes=10)
PAUSE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Said:
    """One inbound message: when it came, and its text."""

    at: datetime
    body: str


def looks_like_a_machine(said: Sequence[Said]) -> bool:
    """Judges the last messages of one sender, in any order; the newest is the one to be answered."""
    newest_first = sorted(said, key=lambda each: each.at, reverse=True)[:LOOKED_AT]
    return _repeats_itself(newest_first) or _never_pauses(newest_first)


def _repeats_itself(newest_first: Sequence[Said]) -> bool:
    """A text without a letter or digit (a picture, a thumb) is no text that could be repeated."""
    newest = newest_first[0] if newest_first else None
    if newest is None or not plain(newest.body):
        return False
    recent = [each.body for each in newest_first if newest.at - each.at < WITHIN]
    return [plain(body) for body in recent].count(plain(newest.body)) >= SAME_TEXT


def _never_pauses(newest_first: Sequence[Said]) -> bool:
    if len(newest_first) < UNBROKEN:
        return False
    return all(later.at - earlier.at < PAUSE for later, earlier in pairwise(newest_first))
