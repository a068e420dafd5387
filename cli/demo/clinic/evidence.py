"""What the clinic's judge goes by: the calendar, what was done to it and when, what simulator and API say."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from cli.demo.clinic.night import ZONE
from cli.demo.clinic.visits import Visit
from cli.demo.evidence import STOP
from cli.demo.simulator import Heard, Request

_TIME = re.compile(r"\d{1,2}:\d{2} [AP]M")


class Text(StrEnum):
    """Which text of examples/demo-clinic.yaml a message is, by words that only it has."""

    EVENING = "we expect you on"
    LAST_CALL = "See you today"
    NOTICE = "is cancelled"


@dataclass(frozen=True, slots=True)
class Reminded:
    """One message to a person: which text, the time it tells (`9:04 AM`), when it began (CLOCK_MONOTONIC)."""

    phone: str
    text: Text
    time: str
    began: float

    @classmethod
    def of(cls, request: Request) -> "Reminded":
        """A request as what it says. Raises `ValueError` for a text that is none of the clinic's."""
        text = next((text for text in Text if text in request.body), None)
        found = _TIME.search(request.body)
        if text is None or found is None:
            raise ValueError(f"a text of nobody's: {len(request.body)} characters")
        return cls(request.to, text, found[0], request.began)


@dataclass
class Deeds:
    """What was done to appointments, by phone: from when on (CLOCK_MONOTONIC) it was so for all to see."""

    moved: dict[str, float] = field(default_factory=dict)
    canceled: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ClinicEvidence:
    """Everything that was seen of the night.

    `business` tells what the clinic's clock showed at a moment of CLOCK_MONOTONIC; `reports` are of both days.
    """

    visits: Sequence[Visit]
    deeds: Deeds
    requests: Sequence[Request]
    heard: Sequence[Heard]
    appointments: Sequence[Mapping[str, Any]]
    reminders: Sequence[Mapping[str, Any]]
    reports: Sequence[Mapping[str, int]]
    business: Callable[[float], datetime]

    @cached_property
    def messages(self) -> list[Reminded]:
        """Every message that was asked for."""
        return [Reminded.of(request) for request in self.requests]

    @cached_property
    def by_phone(self) -> dict[str, Visit]:
        """Whose appointment is which."""
        return {visit.phone: visit for visit in self.visits}

    @cached_property
    def answered(self) -> dict[str, Heard]:
        """What each person said, once the webhook had taken it."""
        return {heard.person: heard for heard in self.heard if heard.answered is not None}

    def silent_since(self, phone: str) -> float | None:
        """When a person's STOP was taken."""
        heard = self.answered.get(phone)
        return heard.answered if heard is not None and heard.keyword == STOP else None


def told(start: datetime) -> str:
    """A start as the clinic's texts tell it."""
    return f"{start.astimezone(ZONE):%I:%M %p}".lstrip("0")
