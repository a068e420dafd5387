"""What came beside what was to come: every difference, with the story of whom it concerns."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.reminders_week.life import Life, Wrong
from tests.reminders_week.play import Arrival, Played
from tests.reminders_week.steps import Booked, Filed, Said, Step
from tests.reminders_week.world import World

SHOWN = 10


@dataclass
class Findings:
    """Differences by phone, each in a line; `figures` count what was compared."""

    differences: dict[str, list[str]] = field(default_factory=dict)
    figures: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        kinds = Counter(line.partition(":")[0] for lines in self.differences.values() for line in lines)
        return f"{dict(kinds)}" if kinds else "no difference"


def lives_of(world: World, wrong: Wrong = Wrong()) -> list[Life]:  # noqa: B008 (frozen)
    """Everybody's week by the oracle."""
    own = _steps_of_each(world)
    return [
        Life(temper, world.silences, wrong).live(own[temper.phone], until=world.ends) for temper in world.tempers
    ]


def _steps_of_each(world: World) -> Mapping[str, list[Step]]:
    found: dict[str, list[Step]] = defaultdict(list)
    for step in world.steps:
        if isinstance(step, Filed):
            rows = defaultdict(list)
            for its in step.rows:
                rows[its.phone].append(its)
            for phone, some in rows.items():
                found[phone].append(Filed(step.at, tuple(some)))
        elif isinstance(step, Booked):
            found[step.its.phone].append(step)
        elif isinstance(step, Said):
            found[step.phone].append(step)
    return found


def judge(lives: Sequence[Life], played: Played) -> Findings:
    """Compares what everybody got, to the minute, and how their appointments stand in the end."""
    got: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in played.arrivals:
        got[arrival.phone].append(arrival)
    found = Findings()
    for life in lives:
        phone = life.temper.phone
        found.figures.update(people=1, uncertain=bool(life.uncertain), expired=len(life.expired))
        if life.uncertain:
            continue
        lines = [*_messages(life, got[phone]), *_states(life, played.states)]
        found.figures.update(messages=len(life.coming), appointments=len(life.book.held))
        if lines:
            found.differences[phone] = lines
    return found


def _messages(life: Life, got: Sequence[Arrival]) -> Iterator[str]:
    left = list(got)
    for coming in life.coming:
        mine = [one for one in left if one.body == coming.body]
        right = [one for one in mine if one.at in coming.minutes]
        if right:
            left.remove(right[0])
        elif mine:
            left.remove(mine[0])
            yield f"at another time: {coming.body} at {mine[0].at:%d %H:%M}, not {_minutes(coming.minutes)}"
        else:
            yield f"missing: {coming.body} at {_minutes(coming.minutes)}"
    for one in left:
        twice = any(one.body == coming.body for coming in life.coming)
        yield f"{'twice' if twice else 'too many'}: {one.body} at {one.at:%d %H:%M}"


def _states(life: Life, states: Mapping[str, str]) -> Iterator[str]:
    for name, held in life.book.held.items():
        if states.get(name) != held.state:
            yield f"state: {name} is {states.get(name)}, not {held.state}"


def story(life: Life, world: World, got: Iterable[Arrival]) -> str:
    """All that happened to a person, in its order."""
    phone = life.temper.phone
    lines: list[tuple[datetime, str]] = []
    for step in _steps_of_each(world)[phone]:
        lines += [(step.at, line) for line in _told(step)]
    lines += [(one.at, f"got {one.body}") for one in got if one.phone == phone]
    lines += [(coming.minutes[-1], f"   should get {coming.body}") for coming in life.coming]
    lines += [(wish.until, f"   {wish.label} of {wish.its.name} is of no use any more") for wish in life.expired]
    lines += [(said.at, f"says {said.body}") for said in life.said if said.is_reaction]
    return "\n".join(f"  {at:%a %d %H:%M:%S} {line}" for at, line in sorted(lines, key=lambda each: each[0]))


def _told(step: Step) -> Iterator[str]:
    if isinstance(step, Filed):
        for its in step.rows:
            yield f"file: {its.name} {its.kind} {its.starts_at:%d %H:%M} {its.zone} {its.state}"
    elif isinstance(step, Booked):
        its = step.its
        yield f"{step.why}: {its.name} {its.kind} {its.starts_at:%d %H:%M} {its.zone} {its.state}"
    elif isinstance(step, Said):
        yield f"says {step.body}"


def _minutes(minutes: Sequence[datetime]) -> str:
    return " or ".join(f"{minute:%d %H:%M}" for minute in minutes)
