"""A business clock that is faster than the real one: a day of reminders in minutes, for demos and try-outs.

`2026-03-27T06:00:00+01:00 x 600` begins there and runs 600 times as fast. Since when it runs is the third part,
`since 2026-11-21T20:00:00+00:00`, a real instant: with it every process computes the same business time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self, runtime_checkable

from messaging.errors import SettingsError

Clock = Callable[[], datetime]
"""Tells business time: aware, in UTC."""


@runtime_checkable
class OtherTime(Protocol):
    """A clock that is not the real one, and knows what it showed when."""

    def at(self, real: datetime) -> datetime:
        """What it shows at a real instant."""


FASTEST = 100_000.0
_WRITTEN = re.compile(r"(?P<begins>\S+)\s+x\s*(?P<pace>\d+(?:\.\d+)?)(?:\s+since\s+(?P<since>\S+))?")
_HOW = "write it as 2026-03-27T06:00:00+01:00 x 600: a time with its offset, and how many times as fast"


def real_now() -> datetime:
    """The time as it is, UTC: what other systems are told, whatever business time is."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class BusinessClock:
    """Showed `begins` at the real instant `since`, and runs `pace` times as fast; called, it tells the time."""

    begins: datetime
    pace: float
    since: datetime | None = None

    @classmethod
    def read(cls, written: str) -> Self:
        """The clock as it is written. Raises `ValueError` with what is wrong with it."""
        found = _WRITTEN.fullmatch(written.strip())
        if found is None:
            raise ValueError(f"is not a clock; {_HOW}")
        begins, pace, since = found["begins"], float(found["pace"]), found["since"]
        if pace > FASTEST:
            raise ValueError(f"is too fast; at most {FASTEST:.0f} times as fast is possible")
        return cls(_instant(begins), pace, None if since is None else _instant(since))

    def __str__(self) -> str:
        since = "" if self.since is None else f" since {self.since.isoformat()}"
        return f"{self.begins.isoformat()} x {self.pace:g}{since}"

    def __call__(self) -> datetime:
        """Business time now. Raises `SettingsError` for a clock that does not say since when it runs."""
        return self.at(real_now())

    def at(self, real: datetime) -> datetime:
        """Business time at a real instant."""
        return self.begins + (real - self._since) * self.pace

    def real(self, moment: datetime) -> datetime:
        """The real instant at which it shows a moment; a clock that stands still never does: then the last day."""
        if not self.pace:
            return datetime.max.replace(tzinfo=UTC)
        return self._since + (moment - self.begins) / self.pace

    @property
    def sentence(self) -> str:
        """What people are told of it."""
        return (
            f"Business time is not the real one (TIDINGS_CLOCK): it runs {self.pace:g} times as fast and began at "
            f"{self.begins.isoformat()}; unset it where real people are written to."
        )

    @property
    def _since(self) -> datetime:
        if self.since is None:
            raise SettingsError(
                "TIDINGS_CLOCK does not say since when it runs, which every process must know; `tidings up` adds "
                "it for its own, else end it with `since` and the real instant."
            )
        return self.since


def real_wait(clock: Clock, wait: timedelta) -> float:
    """Real seconds that so much business time takes."""
    pace = clock.pace if isinstance(clock, BusinessClock) else 1.0
    return wait.total_seconds() / pace if pace else float("inf")


def _instant(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(f"holds {written}, which is no time; {_HOW}") from None
    if moment.tzinfo is None:
        raise ValueError(f"holds {written}, which has no offset; {_HOW}")
    return moment.astimezone(UTC)
