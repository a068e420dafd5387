"""The course of one survey with one person: each message is an answer, a skip or neither, and leads on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from messaging.keywords import plain
from messaging.surveys.answers import Value, read_answer, written
from messaging.surveys.definition import END, Step, Survey
from messaging.surveys.texts import say, values_with


class Outcome(StrEnum):
    """What one message was to the question before it."""

    ANSWERED = "answered"
    SKIPPED = "skipped"
    INVALID = "invalid"


class End(StrEnum):
    """How a survey ended by an answer."""

    FINISHED = "finished"
    GAVE_UP = "gave_up"


@dataclass(frozen=True, slots=True)
class Progress:
    """The step that waits, the invalid answers it has had, and the answers of the steps before it."""

    step: str
    tries: int = 0
    answers: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of a message: where the survey stands now, or (`end`) how it ended, and what is said."""

    outcome: Outcome
    value: Value | None
    progress: Progress
    end: End | None
    text: str


def begin(survey: Survey, contact: Mapping[str, object]) -> tuple[Progress, str]:
    """The first step, and what is said: the intro and the first question."""
    first = survey.steps[0]
    return Progress(first.key), say(survey.intro, first.text, values=values_with(contact, {}))


def proceed(survey: Survey, progress: Progress, body: str, contact: Mapping[str, object]) -> Turn:
    """Takes a message as the answer to the step that waits.

    A question that is given its last try without an answer is left out when it is optional; otherwise it ends the
    survey.
    """
    step = survey.step(progress.step)
    if step.optional and plain(body) in survey.skip:
        return _on(survey, progress, step, None, contact, outcome=Outcome.SKIPPED)
    value = read_answer(step.question, body)
    if value is not None:
        return _on(survey, progress, step, value, contact, outcome=Outcome.ANSWERED)
    return _refused(survey, progress, step, contact)


def _on(
    survey: Survey,
    progress: Progress,
    step: Step,
    value: Value | None,
    contact: Mapping[str, object],
    *,
    outcome: Outcome,
) -> Turn:
    answers = progress.answers if value is None else {**progress.answers, step.key: value}
    following = next_key(survey, step, value)
    values = values_with(contact, answers)
    if following == END:
        done = Progress(step.key, progress.tries, answers)
        return Turn(outcome, value, done, End.FINISHED, say(survey.closing, values=values))
    text = say(survey.step(following).text, values=values)
    return Turn(outcome, value, Progress(following, 0, answers), None, text)


def _refused(survey: Survey, progress: Progress, step: Step, contact: Mapping[str, object]) -> Turn:
    tries = progress.tries + 1
    if tries < survey.tries:
        values = values_with(contact, progress.answers)
        again = Progress(step.key, tries, progress.answers)
        return Turn(Outcome.INVALID, None, again, None, say(step.invalid, values=values))
    if step.optional:
        return _on(survey, progress, step, None, contact, outcome=Outcome.INVALID)
    values = values_with(contact, progress.answers)
    last = Progress(step.key, tries, progress.answers)
    return Turn(Outcome.INVALID, None, last, End.GAVE_UP, say(survey.gave_up, values=values))


def next_key(survey: Survey, step: Step, value: Value | None) -> str:
    """The key of the step after this answer (None for one that was left out), or `END`."""
    chosen = step.next.get(written(value)) if value is not None else None
    return chosen or step.otherwise or _in_order(survey, step)


def _in_order(survey: Survey, step: Step) -> str:
    place = survey.steps.index(step) + 1
    return survey.steps[place].key if place < len(survey.steps) else END


def remind(survey: Survey, progress: Progress, contact: Mapping[str, object]) -> str:
    """What is said once to someone who has not answered: the survey's reminder, with its `question`."""
    values = values_with(contact, progress.answers)
    question = say(survey.step(progress.step).text, values=values)
    return say(survey.reminder, values={**values, "question": question})
