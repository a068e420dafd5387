"""Which appointment an answer is about: the one last reminded of, the one that was asked about, or a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from messaging.reminders.answers import Answer, Said
from models.appointments.tables import OPEN_STATES, AppointmentState

TOGETHER = timedelta(minutes=10)
"""Of reminders that came within this time nobody knows which one is answered."""

MOST_CHOICES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One of the person's appointments. `reminded_at` is when it was last reminded of, None if never.

    `moved`: it has another start since then. `overtaken`: the person said something later about it already.
    `row` has what texts say of it.
    """

    id: int
    kind: str
    state: AppointmentState
    starts_at: datetime
    reminded_at: datetime | None = None
    moved: bool = False
    overtaken: bool = False
    row: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def awaits(self, answer: Answer, *, now: datetime) -> bool:
        """Whether the person is still expected and this answer would be news."""
        is_news = answer is not Answer.CONFIRM or self.state is not AppointmentState.CONFIRMED
        return is_news and self.state in OPEN_STATES and self.starts_at > now


@dataclass(frozen=True, slots=True)
class Asked:
    """That the person was asked which appointment their answer is about, by places in a list, and when."""

    answer: Answer
    appointment_ids: Sequence[int]
    at: datetime


@dataclass(frozen=True, slots=True)
class About:
    """The answer is about this appointment."""

    answer: Answer
    appointment: Known


@dataclass(frozen=True, slots=True)
class Which:
    """The person must say which of these the answer is about, or that it really is about the only one."""

    answer: Answer
    appointments: Sequence[Known]


def choose(
    known: Sequence[Known], said: Said | None, number: int | None, asked: Asked | None, *, now: datetime
) -> About | Which | None:
    """What a text is about that is an answer, a number or both; None when it is about no appointment.

    `known` are the person's, the soonest first. A reminder after the question makes the question void.
    """
    if said is None and number is None:
        return None
    reminders = [(each.reminded_at, each) for each in known if each.reminded_at is not None]
    is_void = asked is not None and any(at > asked.at for at, _ in reminders)
    answered = _to_question(known, said, number, asked) if asked is not None and not is_void else None
    if answered is not None or said is None:
        return answered
    if reminders:
        return _to_reminder(reminders, said, now)
    return _unasked(known, said, now) if said.alone else None


def _to_question(
    known: Sequence[Known], said: Said | None, number: int | None, asked: Asked
) -> About | Which | None:
    """A number picks; a word that says by itself what it means changes what was asked about."""
    by_id = {each.id: each for each in known}
    listed = [by_id[id_] for id_ in asked.appointment_ids if id_ in by_id]
    if len(listed) < len(asked.appointment_ids):
        return None  # the list they saw holds no more
    if number is not None and number <= len(listed):
        return About(asked.answer, listed[number - 1])
    changes = said is not None and (said.alone or said.answer is not Answer.CONFIRM)
    answer = said.answer if said is not None and changes else asked.answer
    if len(listed) == 1 and said is not None:
        return About(answer, listed[0])
    return Which(answer, listed)


def _to_reminder(reminders: Sequence[tuple[datetime, Known]], said: Said, now: datetime) -> About | Which:
    """The one last reminded of; of several that came together, those for which the answer is news."""
    last, latest = max(reminders, key=lambda reminder: reminder[0])
    together = [each for at, each in reminders if last - at <= TOGETHER]
    open_ones = [each for each in together if each.awaits(said.answer, now=now)]
    if len(open_ones) > 1:
        return Which(said.answer, open_ones[:MOST_CHOICES])
    return About(said.answer, open_ones[0] if open_ones else latest)


def _unasked(known: Sequence[Known], said: Said, now: datetime) -> About | Which | None:
    """Nobody was reminded: what comes is meant, but nothing is cancelled without asking."""
    to_come = [each for each in known if each.state in OPEN_STATES and each.starts_at > now]
    if not to_come:
        return None
    if len(to_come) == 1 and said.answer is not Answer.CANCEL:
        return About(said.answer, to_come[0])
    return Which(said.answer, to_come[:MOST_CHOICES])
