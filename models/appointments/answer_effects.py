"""What an answer does to the appointment that it is about, and what is said to it."""

from dataclasses import dataclass
from datetime import datetime

from messaging.reminders.answer_rules import Answers
from messaging.reminders.answer_sentences import Sentence
from messaging.reminders.answers import Answer
from models.appointments.answer_choice import Known
from models.appointments.tables import OPEN_STATES, AppointmentState


@dataclass(frozen=True, slots=True)
class Effect:
    """The state that follows (None: as it is), and the sentence that is said."""

    sentence: Sentence
    state: AppointmentState | None = None

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody of ours has to do something about it."""
        return self.sentence not in (Sentence.CONFIRMED, Sentence.CANCELED)


_DONE = {
    Answer.CONFIRM: Effect(Sentence.CONFIRMED, AppointmentState.CONFIRMED),
    Answer.RESCHEDULE: Effect(Sentence.RESCHEDULE, AppointmentState.RESCHEDULE_REQUESTED),
    Answer.CANCEL: Effect(Sentence.CANCELED, AppointmentState.CANCELED),
}


def effect_of(answer: Answer, appointment: Known, *, answers: Answers, now: datetime) -> Effect:
    """What follows from an answer that was written `now`.

    An answer to a start that is no longer true changes nothing: the person is told the new one first.
    """
    if appointment.state is AppointmentState.CANCELED:
        return Effect(Sentence.CANCELED if answer is Answer.CANCEL else Sentence.WAS_CANCELED)
    if appointment.starts_at <= now or appointment.state not in OPEN_STATES:
        return Effect(Sentence.PAST)
    if appointment.moved:
        return Effect(Sentence.MOVED)
    if answer is Answer.CANCEL and not _may_cancel(appointment, answers, now):
        return Effect(Sentence.NOT_CANCELABLE)
    return _DONE[answer]


def _may_cancel(appointment: Known, answers: Answers, now: datetime) -> bool:
    return answers.may_cancel(appointment.kind) and now + answers.cancel_notice <= appointment.starts_at
