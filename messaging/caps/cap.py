"""A cap on messages to one person in a rolling window, and the judgement of who is over one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Cap:
    """At most `messages` in any `hours` to one person; `reason` is what a message over it is skipped for."""

    hours: float
    messages: int
    reason: str

    @property
    def window(self) -> timedelta:
        """The length of the window."""
        return timedelta(hours=self.hours)

    def is_reached(self, moments: Iterable[datetime], *, now: datetime) -> bool:
        """Whether as many as may be left in the window that ends now; one of its very length ago was before it."""
        return sum(moment > now - self.window for moment in moments) >= self.messages


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that wants to leave now, the person it goes to, and the caps that hold for both."""

    message: int
    person: int
    caps: Sequence[Cap]


def over_caps(
    asked: Iterable[Asked], *, history: Mapping[int, Sequence[datetime]], now: datetime
) -> dict[int, str]:
    """The messages that are over a cap, with the reason; the others leave `now`, and count for those after them.

    `history` has the moments at which earlier messages to each person left. Of several caps that are reached, the
    one with the longest window gives the reason: it holds longest.
    """
    moments = {person: list(found) for person, found in history.items()}
    over: dict[int, str] = {}
    for one in asked:
        known = moments.setdefault(one.person, [])
        reached = [cap for cap in one.caps if cap.is_reached(known, now=now)]
        if reached:
            over[one.message] = max(reached).reason
        else:
            known.append(now)
    return over
