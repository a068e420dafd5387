"""What happens in the week, one step after the other; each has its moment of business time."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Appointment:
    """As a calendar has it; `state` is the calendar's own word, which the API is told if it `says_state`."""

    name: str
    phone: str
    starts_at: datetime
    zone: str
    kind: str
    state: str = "booked"
    says_state: bool = False


@dataclass(frozen=True)
class Step:
    """Something at a moment."""

    at: datetime


@dataclass(frozen=True)
class Filed(Step):
    """The calendar writes a file of all that it holds, which is imported."""

    rows: tuple[Appointment, ...]


@dataclass(frozen=True)
class Booked(Step):
    """An appointment is made or changed by the API: it is now as here; `why` is for people."""

    its: Appointment
    why: str


@dataclass(frozen=True)
class Said(Step):
    """A person texts."""

    phone: str
    body: str
    is_reaction: bool = False


@dataclass(frozen=True)
class Silence:
    """Nothing of ours runs, from the first moment to before the second; `killed`: only what ticks, in its tick."""

    begins: datetime
    ends: datetime
    killed: bool = False

    def covers(self, moment: datetime) -> bool:
        """Whether it is in this time."""
        return self.begins <= moment < self.ends


@dataclass(frozen=True)
class Temper:
    """How a person reacts to the reminders they get, one after the other: so much later, with what text."""

    phone: str
    reactions: tuple[tuple[timedelta, str], ...]
