"""Three hundred appointments on one Sunday, and what becomes of each in the night before."""

import csv
import random
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from cli.demo.clinic.night import APART, FIRST, ZONE

W = TypeVar("W")

VISITS, ROOMS = 300, 3
LATER = timedelta(hours=1)
"""By how much appointments are moved."""

_AREAS = ("212", "718", "917")
_NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gina", "Hugo", "Ines", "Jon")


class Turn(StrEnum):
    """What happens to an appointment besides being reminded of."""

    NONE = "none"
    AWAY_AND_BACK = "away and back"
    MOVED_EARLY = "moved before anybody was reminded"
    MOVED_LATE = "moved after"
    CANCELED_EARLY = "cancelled before anybody was reminded"
    CANCELED_LATE = "cancelled after"


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment as the first file has it; its person `says` something to the first reminder of a start."""

    external_id: str
    phone: str
    name: str
    room: str
    start: datetime
    turn: Turn
    says: str | None

    @property
    def last_start(self) -> datetime:
        """When it begins in the end."""
        return self.start + LATER if self.turn in (Turn.MOVED_EARLY, Turn.MOVED_LATE) else self.start


_TURNS = {
    Turn.AWAY_AND_BACK: 5,
    Turn.MOVED_EARLY: 10,
    Turn.MOVED_LATE: 20,
    Turn.CANCELED_EARLY: 5,
    Turn.CANCELED_LATE: 10,
}
_SAYINGS = {"C": 70, "yes": 40, "1": 10, "R": 15, "2": 5, "X": 12, "STOP": 9, "Is there a place to park?": 12}


def visits() -> list[Visit]:
    """The same ones each time: who says what and what is moved is drawn once for all."""
    chance = random.Random(7)  # noqa: S311  # who they are is no secret
    order = chance.sample(range(VISITS), VISITS)
    turns = dict(zip(order, _each(_TURNS), strict=False))
    others = [place for place in order if turns.get(place) is not Turn.CANCELED_LATE]
    sayings = dict(zip(chance.sample(others, len(others)), _each(_SAYINGS), strict=False))
    return [_visit(place, turns.get(place, Turn.NONE), sayings.get(place)) for place in range(VISITS)]


def write_calendar(path: Path, them: Iterable[Visit], *, done: Container[Turn] = ()) -> None:
    """The clinic's file, after these turns of its appointments."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("external_id", "phone", "first_name", "starts_at", "place", "kind", "state"))
        for each in them:
            start = each.last_start if each.turn in done else each.start
            state = "canceled" if each.turn is Turn.CANCELED_EARLY and each.turn in done else ""
            local = f"{start.astimezone(ZONE):%Y-%m-%dT%H:%M}"
            rows.writerow((each.external_id, each.phone, each.name, local, each.room, "check-up", state))


def _visit(place: int, turn: Turn, says: str | None) -> Visit:
    return Visit(
        external_id=f"V-{place + 1:03}",
        phone=f"+1{_AREAS[place // 100]}55501{place % 100:02}",
        name=_NAMES[place % len(_NAMES)],
        room=f"Room {place % ROOMS + 1}",
        start=FIRST + APART * (place // ROOMS),
        turn=turn,
        says=says,
    )


def _each(counts: Mapping[W, int]) -> Iterator[W]:
    for what, count in counts.items():
        yield from [what] * count
