"""Whether a person has had as many messages as may be, as the oracle counts them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.oracle.expectations import THREE_A_DAY
from tests.oracle.letters import Letter
from tests.oracle.rules import Rules

Had = Sequence[tuple[datetime, str, str]]
"""When a message left, its kind and its label."""


@dataclass(frozen=True)
class Caps:
    """Those of the organization's rules and of four states; `spare` more are let through on purpose."""

    rules: Rules
    spare: int = 0

    def over_own(self, letter: Letter, had: Had, at: datetime) -> set[str]:
        """The reason by the organization's own caps, or nothing."""
        if letter.kind != "marketing":
            return set()
        over = any(_within(had, hours, at) >= messages + self.spare for messages, hours in self.rules.caps)
        return {"frequency_cap"} if over else set()

    def over_states(self, letter: Letter, had: Had, at: datetime, regions: Iterable[str | None]) -> set[str]:
        """The reason by the law of the states in which the person may be, or nothing."""
        if letter.kind != "marketing" or not self.rules.by_law or not THREE_A_DAY & set(regions):
            return set()
        return {"attempt_cap"} if _within(had, 24, at) >= 3 + self.spare else set()


def _within(had: Had, hours: int, at: datetime) -> int:
    return sum(kind == "marketing" and when > at - timedelta(hours=hours) for when, kind, _ in had)
