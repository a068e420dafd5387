"""The time by which messages are sent later (`SendAt`): the real one, or one that runs faster from elsewhere."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from simulator.dates import now

_WRITTEN = re.compile(r"(\S+)\s+x\s*(\d+(?:\.\d+)?)\s+since\s+(\S+)")


@dataclass(frozen=True, slots=True)
class BusinessTime:
    """Showed `begins` at the real moment `since` and runs `pace` times as fast; both in seconds since 1970."""

    begins: float = 0.0
    pace: float = 1.0
    since: float = 0.0

    @classmethod
    def read(cls, written: str | None) -> Self:
        """As `2026-03-27T06:00:00+01:00 x 600 since 2026-11-21T20:00:00+00:00`; None is the real time.

        Raises `ValueError`.
        """
        if written is None:
            return cls()
        found = _WRITTEN.fullmatch(written.strip())
        if found is None:
            raise ValueError("a clock is written as BEGIN x PACE since REAL, both times with their offsets")
        begins, since = datetime.fromisoformat(found[1]), datetime.fromisoformat(found[3])
        return cls(begins.timestamp(), float(found[2]), since.timestamp())

    def now(self) -> float:
        """Seconds since 1970 by this time."""
        return self.begins + (now() - self.since) * self.pace

    def seconds_until(self, moment: float) -> float:
        """Real seconds until a moment of this time; infinite for one that stands still before it."""
        left = moment - self.now()
        return left / self.pace if self.pace else float("inf") if left > 0 else 0.0
