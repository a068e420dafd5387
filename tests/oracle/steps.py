"""What happens in a world, one step after the other; each has its moment of business time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tests.oracle.rules import Rules


@dataclass(frozen=True)
class Place:
    """What is stored of where a person is; None is not known, and changes nothing."""

    timezone: str | None = None
    region: str | None = None
    postcode: str | None = None


@dataclass(frozen=True)
class Row:
    """A person in a file of contacts; `says` is yes, no or nothing, `said_at` when, if the file tells."""

    place: Place = Place()
    says: str = ""
    said_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """Something at a moment."""

    at: datetime


@dataclass(frozen=True)
class Imported(Step):
    """A file of contacts, by number."""

    rows: Mapping[str, Row]
    method: str


@dataclass(frozen=True)
class Recorded(Step):
    """Somebody records what a person declared."""

    phone: str
    kind: str
    topic: str
    channel: str
    says: str
    method: str
    given_at: datetime


@dataclass(frozen=True)
class Wrote(Step):
    """A person texts to the sender of one kind of message; `means` is for the oracle."""

    phone: str
    body: str
    means: str
    to: str
    country: str | None


@dataclass(frozen=True)
class Decided(Step):
    """Someone decides on the person's doubtful text, if there is one."""

    phone: str
    kept: bool


@dataclass(frozen=True)
class Erased(Step):
    """The person is erased."""

    phone: str


@dataclass(frozen=True)
class Reached(Step):
    """Someone knows that the number works."""

    phone: str


@dataclass(frozen=True)
class Ruled(Step):
    """Another policy holds from now on."""

    rules: Rules


@dataclass(frozen=True)
class Planned(Step):
    """A campaign to contacts of these countries (none: all) is planned."""

    label: str
    kind: str
    topic: str
    ends: datetime
    countries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Posted(Step):
    """A single message."""

    label: str
    phone: str
    kind: str
    topic: str


@dataclass(frozen=True)
class Sent(Step):
    """Everything that is due is sent, campaign after campaign, then the single messages."""

    number: int
