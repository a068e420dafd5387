"""What a person's text does to an appointment, as the oracle understands it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.reminders_week.book import Book, Held
from tests.reminders_week.rules import X_CANCELS

STATES = {"C": "confirmed", "1": "confirmed", "R": "reschedule_requested", "2": "reschedule_requested"}
STATES |= {"Yes!": "confirmed", "x": "canceled", "another time": "reschedule_requested"}
BY_ITSELF = ("C", "R", "x", "another time")
"""What says by itself what it means, also after a question."""
TOGETHER = timedelta(minutes=10)
LONG_AGO = timedelta(hours=24)


@dataclass(frozen=True)
class Reminded:
    """That a reminder of an appointment came, and of which start it told."""

    at: datetime
    name: str
    starts_at: datetime


@dataclass
class Question:
    """Which one do you mean? The person sees the names in this order."""

    state: str
    names: list[str]
    at: datetime


@dataclass
class Answers:
    """The reminders that came, and what the person was asked last."""

    reminded: list[Reminded] = field(default_factory=list)
    asked: Question | None = None

    def hear(self, body: str, *, at: datetime, book: Book) -> tuple[str, str] | None:
        """The appointment that changes, and into which state; None when none does."""
        state = STATES.get(body)
        if state is None:
            return None
        told = {one.name: one for one in self.reminded if book.held[one.name].its.starts_at > at - LONG_AGO}
        asked = self.asked
        if asked and at - asked.at < LONG_AGO and not any(one.at > asked.at for one in told.values()):
            if body.isdigit() and int(body) <= len(asked.names):
                return self._effect(asked.names[int(body) - 1], asked.state, None, at=at, book=book)
            self._ask(state if body in BY_ITSELF else asked.state, asked.names, at)
            return None
        if not told:
            return None
        return self._to_the_last(list(told.values()), state, at=at, book=book)

    def _to_the_last(
        self, told: Sequence[Reminded], state: str, *, at: datetime, book: Book
    ) -> tuple[str, str] | None:
        """The one last reminded of; of several together, those for which it is news; else the person is asked."""
        last = max(told, key=lambda one: one.at)
        together = [one for one in told if last.at - one.at <= TOGETHER]
        fresh = [one for one in together if _is_news(book.held[one.name], state, at)]
        if len(fresh) > 1:
            order = sorted(fresh, key=lambda one: book.held[one.name].its.starts_at)
            self._ask(state, [one.name for one in order], at)
            return None
        meant = fresh[0] if fresh else last
        return self._effect(meant.name, state, meant.starts_at, at=at, book=book)

    def _ask(self, state: str, names: list[str], at: datetime) -> None:
        self.asked = Question(state, names, at)

    def _effect(
        self, name: str, state: str, told: datetime | None, *, at: datetime, book: Book
    ) -> tuple[str, str] | None:
        """Nothing follows for one that is over, called off, or has another start than the person was told."""
        self.asked, held = None, book.held[name]
        if not held.is_open or held.its.starts_at <= at or (told and told != held.its.starts_at):
            return None
        if state == "canceled" and held.its.kind not in X_CANCELS:
            return None
        return name, state


def _is_news(held: Held, state: str, at: datetime) -> bool:
    return held.is_open and held.its.starts_at > at and not (state == held.state == "confirmed")
