"""One person's week by the oracle: what comes to them, to the minute, and what they say to it."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from tests.reminders_week.answers import Answers, Reminded
from tests.reminders_week.book import Book
from tests.reminders_week.moments import MINUTE, allowed_from, is_allowed, tick_of
from tests.reminders_week.rules import RULES, Rule
from tests.reminders_week.steps import Booked, Filed, Said, Silence, Step, Temper
from tests.reminders_week.wishes import Key, Wish

NEAREST = 7 * MINUTE
"""What is due sooner is not handed to Twilio."""
LATE = 5 * MINUTE
"""A little late, a reminder need not look at its hours again."""
NEVER = datetime.max.replace(tzinfo=UTC)
BEFORE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Coming:
    """A message that comes, in one of these minutes."""

    body: str
    minutes: tuple[datetime, ...]


@dataclass(frozen=True)
class Wrong:
    """An oracle that is wrong on purpose must be seen to be."""

    no_stop: bool = False
    deaf: bool = False
    later: timedelta = timedelta()
    rules: Sequence[Rule] = RULES


@dataclass
class Life:
    """`silences` are when nothing of ours runs; `uncertain` says why nobody knows what comes to this person."""

    temper: Temper
    silences: Sequence[Silence]
    wrong: Wrong = Wrong()
    coming: list[Coming] = field(default_factory=list)
    expired: list[Wish] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    uncertain: str = ""

    def __post_init__(self) -> None:
        self.book = Book(self.wrong.rules)
        self._answers = Answers()
        self._steps: list[tuple[datetime, datetime, int, Step]] = []
        self._order = count()
        self._reactions = list(self.temper.reactions)
        self._done: set[Key] = set()
        self._handed: dict[Key, Wish] = {}
        self._later: dict[Key, datetime] = {}
        self._stopped = False
        self._now = BEFORE

    def live(self, steps: Sequence[Step], *, until: datetime) -> "Life":
        """All steps that may concern this person, and every message until the end."""
        for step in steps:
            self._await(step)
        while True:
            turn, wish = self._next_wish()
            heard = self._steps[0][0] if self._steps else NEVER
            if min(turn, heard) > until:
                return self
            self._now = min(turn, heard)
            if heard <= turn or wish is None:
                self._take(heapq.heappop(self._steps)[-1])
            else:
                self._fulfil(wish)

    def _await(self, step: Step) -> None:
        """What happens while nothing of ours runs is heard when it runs again."""
        heard = next((each.ends for each in self.silences if each.covers(step.at) and not each.killed), step.at)
        heapq.heappush(self._steps, (heard, step.at, next(self._order), step))

    # What comes

    def _next_wish(self) -> tuple[datetime, Wish | None]:
        """When something is to be done next, and for which wish; what is wanted only now comes not before now."""
        turns = [(self._turn(wish), wish) for wish in self.book.wishes() if wish.key not in self._done]
        return min(turns, key=lambda each: (each[0], each[1].due), default=(NEVER, None))

    def _turn(self, wish: Wish) -> datetime:
        if wish.key in self._handed:
            return wish.due
        if self._is_for_twilio(wish):
            return self._next_tick
        return self._awake(tick_of(max(self._later.get(wish.key, wish.due), self._now)))

    @property
    def _next_tick(self) -> datetime:
        return self._awake(tick_of(self._now))

    def _awake(self, tick: datetime) -> datetime:
        return next((each.ends for each in self.silences if each.covers(tick)), tick)

    def _is_for_twilio(self, wish: Wish) -> bool:
        """Whether it is handed over at the next tick."""
        return wish.rule.at_twilio and not wish.is_notice and wish.due - self._next_tick >= NEAREST

    def _fulfil(self, wish: Wish) -> None:
        if wish.key not in self._handed and self._is_for_twilio(wish):
            if self._stopped:
                self._done.add(wish.key)
            else:
                self._handed[wish.key] = wish
        elif self._handed.pop(wish.key, None):
            self._comes(wish, wish.due)
        else:
            self._leaves(wish)

    def _leaves(self, wish: Wish) -> None:
        """It is its turn, at its minute or at the end of a silence."""
        due = tick_of(self._later.get(wish.key, wish.due))
        broken_off = next((each for each in self.silences if each.killed and each.begins == due), None)
        is_late = self._now - due >= LATE and not is_allowed(wish.rule, wish.its.zone, self._now)
        if broken_off and (is_late or self._now >= wish.until):
            self.uncertain = "the tick was broken off, and its rest came too late"
        if self._now >= wish.until:
            self._done.add(wish.key)
            self.expired.append(wish)
        elif is_late:
            self._later[wish.key] = allowed_from(wish.rule, wish.its.zone, self._now)
        elif self._stopped:
            self._done.add(wish.key)
        else:
            self._comes(wish, *([due] if broken_off else []), self._now)

    def _comes(self, wish: Wish, *minutes: datetime) -> None:
        self._done.add(wish.key)
        self.coming.append(Coming(wish.body, tuple(minute + self.wrong.later for minute in minutes)))
        if wish.is_notice:
            return
        self._answers.reminded.append(Reminded(minutes[-1], wish.its.name, wish.its.starts_at))
        if self._reactions:
            wait, body = self._reactions.pop(0)
            self._await(Said(minutes[-1] + wait, self.temper.phone, body, is_reaction=True))

    # What is heard

    def _take(self, step: Step) -> None:
        reminded = {one.name for one in self._answers.reminded}
        if isinstance(step, Filed):
            for its in step.rows:
                if its.phone == self.temper.phone:
                    self.book.filed(its, now=self._now, reminded=reminded)
        elif isinstance(step, Booked):
            self.book.booked(step.its, now=self._now, reminded=reminded)
        elif isinstance(step, Said):
            self._hear(step)
        self._take_back()

    def _hear(self, said: Said) -> None:
        self.said.append(said)
        if said.body in ("STOP", "START"):
            self._stopped = said.body == "STOP" and not self.wrong.no_stop
        elif not (self._stopped and said.is_reaction) and not self.wrong.deaf:
            changes = self._answers.hear(said.body, at=said.at, book=self.book)
            if changes:
                self.book.answered(*changes)

    def _take_back(self) -> None:
        """What Twilio holds is canceled there at the next tick, if it is not too late then."""
        wanted = {wish.key for wish in self.book.wishes()}
        for key in [key for key in self._handed if self._stopped or key not in wanted]:
            if self._next_tick >= self._handed.pop(key).due:
                self.uncertain = "Twilio was to send it in the minute in which it was taken back"
            if self._stopped:
                self._done.add(key)
