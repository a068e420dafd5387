"""What the oracle allows beside what happened: every message that differs, with both sides of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.oracle.clock import Clock
from tests.oracle.doors import Doors, Stands
from tests.oracle.letters import Letter, Wrong
from tests.oracle.life import Life
from tests.oracle.people import Person
from tests.oracle.steps import Ruled, Step
from tests.oracle.world import World

SHOWN = 5
_ON_ITS_WAY = ("accepted", "queued", "sending", "sent", "delivered")


@dataclass
class Findings:
    """Differences by kind, each in a line that names no number; `figures` count what was compared."""

    differences: list[str] = field(default_factory=list)
    cases: list[tuple[str, str]] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        kinds = Counter(each.partition(":")[0] for each in self.differences)
        return "no difference" if not kinds else f"{dict(kinds)}; " + "; ".join(self.differences[:SHOWN])


def lives_of(world: World, wrong: Wrong = Wrong()) -> list[Life]:  # noqa: B008 (frozen)
    """Everybody's life by the oracle; one that is wrong on purpose must show."""
    clocks = {
        id(step): Clock(step.rules, with_states=not wrong.no_states, shift=timedelta(hours=wrong.hours_later))
        for step in world.steps
        if isinstance(step, Ruled)
    }
    return [Life(person, wrong).live(steps, clocks) for person, steps in _of_each(world)]


def _of_each(world: World) -> Iterator[tuple[Person, list[Step]]]:
    """What concerns a person, in its order: what names them, or everybody."""
    places: dict[str, list[int]] = defaultdict(list)
    everybody: list[int] = []
    for place, step in enumerate(world.steps):
        phone = getattr(step, "phone", None)
        (everybody if phone is None else places[phone]).append(place)
    for person in world.people:
        yield person, [world.steps[place] for place in sorted([*everybody, *places[person.phone]])]


def compare(lives: Sequence[Life], doors: Doors) -> Findings:
    """Who was sent what and when, why the others were not, and until when they wait."""
    found = Findings()
    allowed = {(number, label, life.person.phone) for life in lives for number, label in life.reached}
    for number, label, phone in sorted(doors.taken ^ allowed):
        kind = "sent" if (number, label, phone) in doors.taken else "not sent"
        found.differences.append(f"{kind}: {label} in sending {number}")
        found.cases.append((phone, label))
    for label, phone in doors.twice:
        found.differences.append(f"twice: {label}")
        found.cases.append((phone, label))
    for life in lives:
        _compare_states(life, doors, found)
    found.figures.update(contacts=len(lives), messages=len(doors.taken))
    return found


def _compare_states(life: Life, doors: Doors, found: Findings) -> None:
    if life.was_erased:
        return
    for number, letter in life.states:
        stands = doors.rows[number].get((letter.label, life.person.phone))
        found.figures["states"] += 1
        found.figures[letter.state] += 1
        if stands is None or not _agree(letter, stands):
            told = "nothing" if stands is None else f"{stands.state} {stands.reason} {_short(stands.due)}"
            wanted = f"{letter.state} {sorted(letter.reasons)} {_short(letter.due)}"
            found.differences.append(f"state: {letter.label} in sending {number} is {told}, should be {wanted}")
            found.cases.append((life.person.phone, letter.label))


def _agree(letter: Letter, stands: Stands) -> bool:
    if letter.state == "sent":
        return stands.state in _ON_ITS_WAY
    if letter.state == "planned":
        return stands.state == "planned" and stands.due == letter.due
    if letter.state == "skipped":
        return stands.state == "skipped" and stands.reason in letter.reasons
    if letter.state == "refused":
        return stands.state not in ("planned", *_ON_ITS_WAY)
    return stands.state == letter.state


def _short(moment: datetime) -> str:
    return f"{moment:%d %H:%M:%S}"
