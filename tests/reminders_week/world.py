"""A random week: people with appointments, what their calendar does with these, silences, and tempers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.reminders_week.steps import Appointment, Booked, Filed, Said, Silence, Step, Temper

WEEKS = (
    "2026-03-26",  # summer time begins in Europe
    "2026-03-05",  # and in North America
    "2026-04-02",  # it ends on Lord Howe, by half an hour
    "2026-10-29",  # and in North America
    "2026-10-22",  # and in Europe
    "2028-02-25",  # a leap day
)
ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Los_Angeles",
    "Europe/London",
    "America/St_Johns",
    "Pacific/Auckland",
)
AREAS = (
    202,
    205,
    206,
    212,
    213,
    214,
    216,
    303,
    305,
    312,
    313,
    314,
    404,
    410,
    412,
    415,
    502,
    503,
    504,
    512,
    515,
    602,
    612,
    615,
    617,
    619,
    646,
    702,
    704,
    713,
    718,
    816,
    901,
    904,
    913,
    916,
)
KINDS = {"checkup": 35, "cleaning": 30, "surgery": 10, "shift": 12, "lab": 13}
BY_NIGHT = ("shift", "lab")
MOVES = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=3), timedelta(days=1), timedelta(days=2))
TEXTS = {
    "C": 26,
    "Yes!": 8,
    "1": 8,
    "R": 9,
    "2": 3,
    "x": 7,
    "another time": 2,
    "Is there parking?": 12,
    "STOP": 7,
    "Thanks": 6,
}
DAYS = 7


@dataclass(frozen=True)
class World:
    """Who there is, and what happens, in its order; nothing is looked at after `ends`."""

    begins: datetime
    ends: datetime
    tempers: list[Temper]
    silences: tuple[Silence, ...]
    steps: list[Step]


def draw_world(random: Random, *, appointments: int, outages: int = 2) -> World:
    """A week of so many appointments, with so many outages (at most two) and a tick that is broken off."""
    begins = datetime.fromisoformat(random.choice(WEEKS)).replace(tzinfo=UTC)
    silences = draw_silences(random, begins)[2 - outages :]
    calendar = _Calendar(random, begins, silences)
    tempers = list(_people(random, appointments))
    owners = [temper.phone for temper in tempers]
    owners += random.choices(owners, k=appointments - len(owners))
    for number, phone in enumerate(owners):
        calendar.draw_story(f"A{number}", phone)
    stops = [temper.phone for temper in tempers if random.random() < 0.06]
    steps = [*calendar.steps(), *_said(random, begins, stops, silences)]
    ends = begins + timedelta(days=DAYS + 4)
    return World(begins, ends, tempers, silences, sorted(steps, key=lambda step: step.at))


def draw_silences(random: Random, begins: datetime) -> tuple[Silence, ...]:
    """Two outages of hours, one of them in a busy evening, and a tick that is broken off."""
    first = begins + timedelta(days=1, hours=random.randrange(24), minutes=random.randrange(60))
    second = begins + timedelta(days=4, hours=15, minutes=random.randrange(240))
    killed = begins + timedelta(days=random.choice((2, 3)), hours=_evening(begins), minutes=0)
    return (
        Silence(first, first + timedelta(minutes=random.randrange(20, 300))),
        Silence(second, second + timedelta(minutes=random.randrange(20, 500))),
        Silence(killed, killed + timedelta(minutes=5), killed=True),
    )


def _evening(begins: datetime) -> int:
    """The hour (UTC) at which it is six in the evening in New York."""
    day = begins + timedelta(days=2)
    local = day.replace(hour=18, tzinfo=ZoneInfo("America/New_York"))
    return local.astimezone(UTC).hour


def _people(random: Random, appointments: int) -> Iterator[Temper]:
    numbers = [f"+1{area}55501{line:02d}" for area in AREAS for line in range(100)]
    for phone in random.sample(numbers, max(1, appointments * 4 // 5)):
        reactions = tuple(_reaction(random) for _ in range(random.choice((0, 0, 1, 1, 2, 4))))
        yield Temper(phone, reactions)


def _reaction(random: Random) -> tuple[timedelta, str]:
    wait = timedelta(seconds=random.choice((7, 40, 130, 600, 3_599, 9_001, 30_011)) + random.randrange(40))
    wait += timedelta(seconds=wait.seconds % 60 == 0)  # never in the second in which it is looked for
    return wait, random.choices(list(TEXTS), list(TEXTS.values()))[0]


def _said(random: Random, begins: datetime, phones: list[str], silences: tuple[Silence, ...]) -> Iterator[Said]:
    """Some say STOP without being asked, and some of them START later."""
    for phone in phones:
        at = _undisturbed(begins + timedelta(days=DAYS) * random.random(), silences)
        yield Said(at, phone, "STOP")
        if random.random() < 0.4:
            later = at + timedelta(hours=random.randrange(1, 40), seconds=random.randrange(1, 59))
            yield Said(_undisturbed(later, silences), phone, "START")


class _Calendar:
    """Draws the stories of appointments; a file tells of all that there are at its moment."""

    def __init__(self, random: Random, begins: datetime, silences: tuple[Silence, ...]) -> None:
        self._random = random
        self._begins = begins
        self._silences = silences
        self._files = [begins + timedelta(seconds=31), *(self._at(day) for day in (2.3, 5.1))]
        self._changes: list[tuple[datetime, Appointment, str]] = []
        self._former = begins

    def draw_story(self, name: str, phone: str) -> None:
        """One appointment, from its booking on."""
        its = self._appointment(name, phone)
        first = self._random.random() < 0.6
        lead = its.starts_at - self._begins - timedelta(minutes=6)
        at = self._files[0] if first else self._whole(self._begins + lead * self._random.random())
        self._changes.append((at, its, "filed" if first else "booked"))
        for kind in self._deeds():
            at = self._whole(at + (its.starts_at - at) * self._random.random())
            if at >= its.starts_at - timedelta(minutes=10):
                return
            at, its = self._do(kind, at, its)

    def _deeds(self) -> list[str]:
        stories = {
            "": 55,
            "move": 16,
            "move,back": 6,
            "cancel": 12,
            "cancel,restore": 3,
            "move,cancel": 4,
            "move,move": 4,
        }
        chosen = self._random.choices(list(stories), list(stories.values()))[0]
        return chosen.split(",") if chosen else []

    def _do(self, kind: str, at: datetime, its: Appointment) -> tuple[datetime, Appointment]:
        changed = replace(its, says_state=kind in ("cancel", "restore"))
        if kind == "cancel":
            changed = replace(changed, state="canceled")
        elif kind == "restore":
            changed = replace(changed, state="booked")
        elif kind == "back":
            changed = replace(changed, starts_at=self._former)
        else:
            self._former = its.starts_at
            changed = replace(changed, starts_at=self._other_start(its.starts_at, at))
        if changed.starts_at <= at + timedelta(minutes=10):
            return at, its
        self._changes.append((at, changed, kind))
        return at, changed

    def _other_start(self, starts_at: datetime, at: datetime) -> datetime:
        moved = starts_at + self._random.choice(MOVES) * self._random.choice((1, 1, -1))
        return moved if moved > at + timedelta(minutes=10) else starts_at + timedelta(hours=1)

    def _appointment(self, name: str, phone: str) -> Appointment:
        random = self._random
        kind, zone = random.choices(list(KINDS), list(KINDS.values()))[0], random.choice(ZONES)
        hour = random.randrange(24) if kind in BY_NIGHT else random.randrange(7, 20)
        day = self._begins.date() + timedelta(days=random.randrange(1, DAYS + 1))
        local = datetime(day.year, day.month, day.day, hour, random.randrange(0, 60, 15), fold=random.randrange(2))  # noqa: DTZ001
        return Appointment(name, phone, local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), zone, kind)

    def steps(self) -> Iterator[Step]:
        """Bookings and changes by the API, and the files."""
        for at, its, why in self._changes:
            if why != "filed":
                yield Booked(at, its, why)
        for at in self._files:
            yield Filed(at, tuple(self._as_of(at)))

    def _as_of(self, at: datetime) -> Iterator[Appointment]:
        known: dict[str, Appointment] = {}
        for moment, its, _ in sorted(self._changes, key=lambda change: change[0]):
            if moment <= at:
                known[its.name] = its
        return iter(known.values())

    def _at(self, day: float) -> datetime:
        return self._whole(self._begins + timedelta(days=day))

    def _whole(self, at: datetime) -> datetime:
        return _undisturbed(at, self._silences, self._random.randrange(1, 59))


def _undisturbed(at: datetime, silences: tuple[Silence, ...], second: int = 23) -> datetime:
    """A second of a fifth minute, and after a silence that it would fall into: nobody hears of it before."""
    at = at.replace(minute=at.minute - at.minute % 5, second=second, microsecond=0)
    for silence in silences:
        if silence.covers(at) or silence.covers(at + timedelta(minutes=2)):
            return silence.ends + timedelta(minutes=1 + second, seconds=second)
    return at
