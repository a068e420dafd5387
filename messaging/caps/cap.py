"""A cap on messages to one person in a rolling window, and the judgement of who is over one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Cap:
    """At most `messages` in any `hours` to one person; `reason` is what a message over it is skipped for.

    A window ends now; a message that left exactly its length ago is no longer in it.
    """

    hours: float
    messages: int
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that wants to leave now, the person it goes to, and the caps that hold for both."""

    message: int
    person: int
    caps: Sequence[Cap]


def over_caps(asked: Iterable[Asked], *, left: Mapping[tuple[int, float], int]) -> dict[int, str]:
    """The messages that are over a cap, with the reason; the others leave now, and count for those after them.

    `left` is how many earlier messages to a person are in a window of so many hours. Of several caps that are
    reached, the one with the longest window gives the reason: it holds longest.
    """
    leaving: Counter[int] = Counter()
    over: dict[int, str] = {}
    for one in asked:
        reached = [
            cap for cap in one.caps if left.get((one.person, cap.hours), 0) + leaving[one.person] >= cap.messages
        ]
        if reached:
            over[one.message] = max(reached).reason
        else:
            leaving[one.person] += 1
    return over
