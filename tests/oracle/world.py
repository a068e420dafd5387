"""A random world: people, the years before, and days of sending when clocks and laws change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from tests.oracle.expectations import AREAS, POSTCODES, REGIONS, TOLL_FREE
from tests.oracle.people import Person
from tests.oracle.rules import draw_rules
from tests.oracle.steps import (
    Decided,
    Erased,
    Imported,
    Place,
    Planned,
    Posted,
    Reached,
    Recorded,
    Row,
    Ruled,
    Sent,
    Step,
    Wrote,
)

BEGIN = datetime(2024, 2, 1, tzinfo=UTC)
FRIDAYS = (
    "2025-10-24T15:00",  # summer time ends in Europe
    "2025-10-31T16:00",  # and in North America
    "2025-12-23T20:00",
    "2026-03-06T17:00",  # it begins in North America
    "2026-03-27T14:00",  # and in Europe
    "2026-04-03T10:00",
    "2026-04-30T19:00",
    "2026-07-12T23:30",
    "2027-01-29T13:00",  # the day from which a STOP ends everything
)
HOURS_TO_LOOK_AT = ("07:59", "08:00", "08:59", "09:00", "12:00", "17:59", "19:59:50", "20:00", "20:45", "21:00")
OFFSETS = (-5, -6, -7, -8, -10, 0, 1, 10)
TEXTS = {
    "stop": ("STOP", "Stop.", "unsubscribe", "END", "opt out", "Cancel!"),
    "plain": (
        "Please stop texting me",
        "take me off your list",
        "no more texts",
        "Bitte keine SMS mehr",
        "no offers",
    ),
    "doubt": ("please cancel my order", "don't stop", "stop by at 5"),
    "start": ("START", "Unstop"),
    "yes": ("YES",),
    "join": ("join", "JOIN!"),
    "nothing": ("Thanks, see you", "HELP", "What are your hours?"),
}
ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "Pacific/Honolulu",
    "Europe/Berlin",
    "Asia/Kathmandu",
)
TOPICS = ("", "", "shoes", "hats")
METHODS = ("web_form", "verbal", "written", "api", "import")


@dataclass(frozen=True)
class World:
    """Who there is, and what happens, in its order."""

    people: list[Person]
    steps: list[Step]


def draw_world(random: Random, *, contacts: int) -> World:
    """A world of so many contacts."""
    people = draw_people(random, contacts)
    starts = datetime.fromisoformat(random.choice(FRIDAYS)).replace(tzinfo=UTC)
    ends = starts + timedelta(days=4)
    steps: list[Step] = [Ruled(BEGIN, draw_rules(random)), *_files(random, people, starts)]
    for person in people:
        steps += _life(random, person, before=starts, until=ends)
    steps += _sending(random, people, starts)
    if random.random() < 0.5:
        steps.append(Ruled(starts + timedelta(hours=random.randrange(1, 60), seconds=7), draw_rules(random)))
    return World(people, sorted(steps, key=lambda step: step.at))


def draw_people(random: Random, number: int) -> list[Person]:
    """People with fictional numbers, three quarters of them North American."""
    numbers = list(_numbers(random))
    chosen = random.sample(numbers, min(number, len(numbers)))
    traits = random.choices(("", "stranger", "blocked", "dead"), (90, 5, 3, 2), k=len(chosen))
    return [
        Person(
            phone,
            country,
            area,
            stranger=trait == "stranger",
            blocked=trait == "blocked",
            dead=trait == "dead",
        )
        for (phone, country, area), trait in zip(chosen, traits, strict=True)
    ]


def _numbers(random: Random) -> Iterator[tuple[str, str, str]]:
    for area in (*AREAS, *TOLL_FREE):
        country = "US" if area in TOLL_FREE else AREAS[area][0][:2]
        country = "PR" if area == "787" else country
        yield from ((f"+1{area}55501{line:02d}", country, area) for line in range(100))
    for start, country in (("+442079460", "GB"), ("+493023125", "DE"), ("+331990000", "FR"), ("+61491570", "AU")):
        digits = 12 - len(start) if country in ("FR", "AU") else 3
        lines = 10**digits
        yield from (
            (f"{start}{line:0{digits}d}", country, "") for line in random.sample(range(lines), min(300, lines))
        )


def _files(random: Random, people: list[Person], starts: datetime) -> Iterator[Imported]:
    """Everyone but strangers is in the first files; later files say something new of some."""
    listed = [person for person in people if not person.stranger]
    random.shuffle(listed)
    methods = ("web_form", "web_form", "double_opt_in", "soft_opt_in")
    cuts = [len(listed) * nth // len(methods) for nth in range(len(methods) + 1)]
    for nth, method in enumerate(methods):
        at = BEGIN + timedelta(days=1 + nth)
        some = listed[cuts[nth] : cuts[nth + 1]]
        yield Imported(at, {person.phone: _row(random, person, at, says=0.85) for person in some}, method)
    for method in ("web_form", "double_opt_in", "soft_opt_in"):
        at = BEGIN + (starts - BEGIN) * random.uniform(0.1, 1.0)
        some = random.sample(listed, len(listed) // 8)
        yield Imported(at, {person.phone: _row(random, person, at, says=0.7) for person in some}, method)
    at = starts + timedelta(hours=random.randrange(1, 70), seconds=11)
    some = random.sample(listed, len(listed) // 30)
    yield Imported(at, {person.phone: _row(random, person, at, says=0.5) for person in some}, "web_form")


def _row(random: Random, person: Person, at: datetime, *, says: float) -> Row:
    answer = "" if random.random() > says else "yes" if random.random() < 0.93 else "no"
    said_at = at - timedelta(days=random.randrange(1, 400)) if answer and random.random() < 0.5 else None
    return Row(_place(random, person), answer, said_at)


def _place(random: Random, person: Person) -> Place:
    if random.random() < 0.6:
        return Place()
    zone = random.choice(ZONES) if random.random() < 0.5 else None
    if person.country != "US" or random.random() < 0.5:
        return Place(timezone=zone)
    if random.random() < 0.5:
        return Place(timezone=zone, region=random.choice(list(REGIONS)))
    return Place(timezone=zone, postcode=random.choice(list(POSTCODES)))


def _life(random: Random, person: Person, *, before: datetime, until: datetime) -> Iterator[Step]:
    """What a person says over the years, and in the days of sending."""
    for _ in range(random.choices((0, 1, 2, 4), (50, 30, 15, 5))[0] + person.stranger):
        at = BEGIN + timedelta(days=8) + (before - BEGIN - timedelta(days=9)) * random.random()
        yield from _deed(random, person, _whole(at))
    if random.random() < 0.25:
        yield from _deed(random, person, _whole(before + (until - before) * random.random()))


def _deed(random: Random, person: Person, at: datetime) -> Iterator[Step]:
    kinds = {
        "record": 30,
        "stop": 10,
        "plain": 5,
        "doubt": 6,
        "start": 8,
        "stop, start": 8,
        "yes": 2,
        "join": 4,
        "join, yes": 8,
        "doubt, decide": 6,
        "nothing": 4,
        "reach": 2,
        "erase": 1,
    }
    for nth, kind in enumerate(random.choices(list(kinds), list(kinds.values()))[0].split(", ")):
        later = at + nth * timedelta(minutes=random.randrange(20, 60 * 24 * 9))
        yield _step(random, person, kind, later)


def _step(random: Random, person: Person, kind: str, at: datetime) -> Step:
    if kind == "record":
        return _record(random, person, at)
    if kind == "decide":
        return Decided(at, person.phone, kept=random.random() < 0.7)
    if kind == "reach":
        return Reached(at, person.phone)
    if kind == "erase":
        return Erased(at, person.phone)
    to = random.choice(("marketing", "transactional"))
    country = person.country if random.random() < 0.8 else None
    return Wrote(at, person.phone, random.choice(TEXTS[kind]), kind, to, country)


def _record(random: Random, person: Person, at: datetime) -> Recorded:
    says = "yes" if random.random() < 0.6 else "no"
    kind = "marketing" if random.random() < 0.8 else "transactional"
    channel = "sms" if random.random() < 0.85 else "whatsapp"
    ways = (*METHODS[:4], "double_opt_in", "soft_opt_in") if says == "yes" else METHODS[:4]
    given = at - timedelta(days=random.choice((0, 0, 0, 3, 100, 500)))
    return Recorded(at, person.phone, kind, random.choice(TOPICS), channel, says, random.choice(ways), given)


def _sending(random: Random, people: list[Person], starts: datetime) -> Iterator[Step]:
    """Campaigns side by side, and the moments at which all that is due leaves."""
    countries = sorted({person.country for person in people})
    for nth, (kind, topic) in enumerate(
        [("marketing", ""), ("transactional", ""), ("marketing", "shoes"), ("marketing", random.choice(TOPICS))]
    ):
        planned = starts + timedelta(hours=nth * random.randrange(1, 14), seconds=nth)
        lasts = timedelta(hours=random.choice((12, 30, 60, 90)))
        some = tuple(random.sample(countries, 3)) if nth == 3 else ()
        yield Planned(planned, f"C{nth}", kind, topic, planned + lasts, some)
    numbers = count()
    moments = {_moment(random, starts) for _ in range(12)}
    for at in sorted(moment for moment in moments if moment > starts):
        yield Sent(at, next(numbers))
    for nth, person in enumerate(random.sample(people, len(people) // 25)):
        at = starts + timedelta(hours=random.randrange(70), seconds=17)
        kind = random.choice(("marketing", "transactional"))
        yield Posted(at, f"D{nth}", person.phone, kind, random.choice(TOPICS))


def _moment(random: Random, starts: datetime) -> datetime:
    """Within a minute of an hour that matters somewhere."""
    day = starts.date() + timedelta(days=random.randrange(4))
    local = datetime.fromisoformat(f"{day}T{random.choice(HOURS_TO_LOOK_AT)}").replace(tzinfo=UTC)
    return local - timedelta(hours=random.choice(OFFSETS)) + timedelta(seconds=random.choice((0, 0, 0, 31)))


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
