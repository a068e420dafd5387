"""The course of a survey: what each message leads to, and that every course ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.surveys.course import End, Outcome, Progress, begin, next_key, proceed, remind
from messaging.surveys.definition import (
    END,
    SURVEY_JSON,
    Choice,
    FreeText,
    Number,
    Option,
    Question,
    Step,
    Survey,
    YesNo,
)

VISIT = Survey(
    name="visit",
    intro="Hi {{ first_name }}!",
    steps=(
        Step("score", "0 to 10?", Number(0, 10), "A number, {{ first_name }}.", next={"10": "again"}),
        Step("why", "Why {{ score }}?", FreeText(), "A text.", optional=True),
        Step("again", "Again?", YesNo(), "Yes or no.", next={"no": END}),
        Step("when", "When?", Choice((Option("soon", ("soon",)), Option("later", ("later",)))), "1 or 2."),
    ),
    closing="Thanks: {{ score }}, {{ why | default: 'no reason' }}, {{ again }}.",
    skip=("skip", "weiter"),
    tries=2,
    gave_up="Never mind.",
    reminder="Still there? {{ question }}",
)
ADA = {"first_name": "Ada"}

COURSES = {
    # name: (what is written, the outcomes, what is said at last, how it ended)
    "straight on": ("7|so|yes|soon", "answered answered answered answered", "Thanks: 7, so, yes.", End.FINISHED),
    "an answer leads past a step": (
        "10|yes|2",
        "answered answered answered",
        "Thanks: 10, no reason, yes.",
        "finished",
    ),
    "an answer leads to the end": ("10|no", "answered answered", "Thanks: 10, no reason, no.", "finished"),
    "left out": ("7|Skip!|no", "answered skipped answered", "Thanks: 7, no reason, no.", "finished"),
    "left out in another language": ("7|weiter", "answered skipped", "Again?", None),
    "not to be left out": ("skip", "invalid", "A number, Ada.", None),
    "right at the second try": ("eleven|7", "invalid answered", "Why 7?", None),
    "tries begin anew at each step": ("x|7|so|x", "invalid answered answered invalid", "Yes or no.", None),
    "given up": ("x|y", "invalid invalid", "Never mind.", End.GAVE_UP),
    "a step that may be left out is not given up on": ("7|  |  ", "answered invalid invalid", "Again?", None),
}


@pytest.mark.parametrize("case", COURSES)
def test_course(case: str) -> None:
    written, outcomes, said, end = COURSES[case]
    progress, text = begin(VISIT, ADA)
    assert text == "Hi Ada!\n0 to 10?"
    seen = []
    turn = None
    for body in written.split("|"):
        turn = proceed(VISIT, progress, body, ADA)
        progress = turn.progress
        seen.append(turn.outcome.value)
    assert turn is not None
    assert (" ".join(seen), turn.text, turn.end) == (outcomes, said, end)


def test_a_reminder_asks_again() -> None:
    assert remind(VISIT, Progress("why", 0, {"score": 7}), ADA) == "Still there? Why 7?"


def test_a_text_that_cannot_be_rendered_is_said_without_its_variables() -> None:
    survey = Survey("odd", (Step("a", "How many {{ first_name | divided_by: 0 }}?", YesNo(), "x"),), "bye")
    assert begin(survey, {"first_name": 1})[1] == "How many ?"


def test_nothing_longer_than_a_message_is_said() -> None:
    survey = Survey("long", (Step("a", "{{ first_name }}", YesNo(), "x"),), "bye")
    assert len(begin(survey, {"first_name": "é" * 5_000})[1]) == 1_600


def test_what_is_kept_is_what_was_loaded() -> None:
    assert SURVEY_JSON.validate_json(SURVEY_JSON.dump_json(VISIT)) == VISIT


QUESTIONS: st.SearchStrategy[Question] = st.sampled_from(
    [Number(0, 3), YesNo(), FreeText(3), Choice((Option("a", ("a",)), Option("b", ("b",))))]
)
ANSWERS = st.sampled_from(["1", "3", "yes", "no", "a", "skip", "xx", "something long", ""])


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    number = draw(st.integers(1, 5))
    keys = [f"s{place}" for place in range(number)]
    steps = []
    for place, key in enumerate(keys):
        later = st.sampled_from([*keys[place + 1 :], END])
        steps.append(
            Step(
                key=key,
                text=key,
                question=draw(QUESTIONS),
                invalid="again",
                optional=draw(st.booleans()),
                next=draw(st.dictionaries(st.sampled_from(["1", "yes", "a"]), later, max_size=2)),
                otherwise=draw(st.none() | later),
            )
        )
    return Survey("s", tuple(steps), "bye", tries=draw(st.integers(1, 3)))


@given(surveys(), st.lists(ANSWERS, max_size=30))
def test_every_course_goes_forward_and_ends(survey: Survey, bodies: list[str]) -> None:
    places = {step.key: place for place, step in enumerate(survey.steps)}
    progress, _ = begin(survey, {})
    for taken, body in enumerate(bodies, start=1):
        turn = proceed(survey, progress, body, {})
        step = survey.step(progress.step)
        assert (turn.outcome is Outcome.ANSWERED) == (turn.value is not None)
        assert turn.outcome is not Outcome.SKIPPED or step.optional
        if turn.value is not None:
            assert turn.progress.answers[step.key] == turn.value
        if turn.end is None:
            forward = places[turn.progress.step] > places[progress.step]
            assert forward or turn.progress.tries == progress.tries + 1 < survey.tries
            assert not forward or turn.progress.step == next_key(survey, step, turn.value)
        elif turn.end is End.GAVE_UP:
            assert not step.optional
            assert progress.tries + 1 == survey.tries
        assert taken <= len(survey.steps) * survey.tries
        if turn.end is not None:
            return
        progress = turn.progress
