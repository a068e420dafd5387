"""Which appointment an answer is about, and what follows: tables of cases, and rules for all others."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.reminders.answer_rules import Answers
from messaging.reminders.answer_sentences import Sentence
from messaging.reminders.answers import Answer, AnswerWords, number_said
from models.appointments.answer_choice import About, Asked, Known, Which, choose
from models.appointments.answer_effects import effect_of
from models.appointments.tables import OPEN_STATES, AppointmentState

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BOOKED, CONFIRMED, RESCHEDULE_REQUESTED, CANCELED, DONE, MISSED = AppointmentState


def known(id_: int, *, reminded: timedelta | None = None, state: AppointmentState = BOOKED) -> Known:
    """The nth appointment is in n days; `reminded` so long ago."""
    starts_at = NOW + timedelta(days=id_)
    reminded_at = None if reminded is None else NOW - reminded
    return Known(id=id_, kind="checkup", state=state, starts_at=starts_at, reminded_at=reminded_at)


def outcome(appointments: Sequence[Known], body: str, asked: Asked | None = None) -> str:
    """ "confirm 1", "confirm? 1 2" or "nothing"."""
    match choose(appointments, AnswerWords().said(body), number_said(body), asked, now=NOW):
        case About(answer, appointment):
            return f"{answer} {appointment.id}"
        case Which(answer, several):
            return f"{answer}? {' '.join(str(each.id) for each in several)}"
        case _:
            return "nothing"


FAR = known(1, reminded=5 * HOUR)
NEAR = known(2, reminded=HOUR)
TWIN = known(3, reminded=HOUR + MINUTE)
UNTOLD = known(4)
UNTOLD_TOO = known(5)

REMINDED: list[tuple[str, list[Known], str, str]] = [
    ("the only one", [NEAR], "C", "confirm 2"),
    ("the last of several", [FAR, NEAR, UNTOLD], "yes", "confirm 2"),
    ("by number", [FAR, NEAR], "2", "reschedule 2"),
    ("off", [FAR, NEAR], "X", "cancel 2"),
    ("two reminders at once: which?", [FAR, NEAR, TWIN], "C", "confirm? 2 3"),
    ("by 1, which is no choice yet", [NEAR, TWIN], "1", "confirm? 2 3"),
    ("one of the two is confirmed: the other", [replace(NEAR, state=CONFIRMED), TWIN], "C", "confirm 3"),
    ("but to move, either", [replace(NEAR, state=CONFIRMED), TWIN], "R", "reschedule? 2 3"),
    (
        "both confirmed: the last, again",
        [replace(NEAR, state=CONFIRMED), replace(TWIN, state=CONFIRMED)],
        "C",
        "confirm 2",
    ),
    ("one of the two is cancelled", [replace(NEAR, state=CANCELED), TWIN], "C", "confirm 3"),
    ("the cancelled one alone is answered about", [FAR, replace(NEAR, state=CANCELED)], "C", "confirm 2"),
    ("nothing known", [], "C", "nothing"),
    ("no answer", [NEAR], "Is there parking?", "nothing"),
    ("a number beyond the words", [NEAR], "3", "nothing"),
    ("unreminded, one to come", [UNTOLD], "C", "confirm 4"),
    ("unreminded, nothing is cancelled unasked", [UNTOLD], "X", "cancel? 4"),
    ("unreminded, several", [UNTOLD, UNTOLD_TOO], "R", "reschedule? 4 5"),
    ("unreminded, a YES is about something else", [UNTOLD], "YES", "nothing"),
    ("unreminded, so is a number", [UNTOLD, UNTOLD_TOO], "1", "nothing"),
    ("unreminded, all cancelled", [replace(UNTOLD, state=CANCELED)], "C", "nothing"),
]


@pytest.mark.parametrize("case", REMINDED, ids=[case[0] for case in REMINDED])
def test_the_one_last_reminded_of(case: tuple[str, list[Known], str, str]) -> None:
    _, appointments, body, expected = case
    assert outcome(appointments, body) == expected


TWO = [UNTOLD, UNTOLD_TOO]
MOVE_WHICH = Asked(Answer.RESCHEDULE, [4, 5], NOW - HOUR)
REALLY = Asked(Answer.CANCEL, [4], NOW - HOUR)
NEW_TIME = Asked(Answer.CONFIRM, [4], NOW - HOUR)

ASKED: list[tuple[str, Asked, list[Known], str, str]] = [
    ("the number picks", MOVE_WHICH, TWO, "1", "reschedule 4"),
    ("the second, which else would mean another time", MOVE_WHICH, TWO, "2", "reschedule 5"),
    ("there is no third", MOVE_WHICH, TWO, "3", "reschedule? 4 5"),
    ("another answer, to be asked again", MOVE_WHICH, TWO, "C", "confirm? 4 5"),
    ("a YES picks none", MOVE_WHICH, TWO, "yes", "reschedule? 4 5"),
    ("anything else is for a person", MOVE_WHICH, TWO, "the first one please", "nothing"),
    ("the list they saw holds no more", MOVE_WHICH, [UNTOLD_TOO], "2", "nothing"),
    ("a reminder since makes it void", MOVE_WHICH, [replace(UNTOLD, reminded_at=NOW - MINUTE), UNTOLD_TOO], "2",
     "reschedule 4"),
    ("an older reminder does not", MOVE_WHICH, [replace(UNTOLD, reminded_at=NOW - 2 * HOUR), UNTOLD_TOO], "2",
     "reschedule 5"),
    ("really: 1", REALLY, [UNTOLD], "1", "cancel 4"),
    ("really: yes means what was asked", REALLY, [UNTOLD], "Yes", "cancel 4"),
    ("really: C says that they come", REALLY, [UNTOLD], "C", "confirm 4"),
    ("really: not at all", REALLY, [UNTOLD], "no", "nothing"),
    ("the new time: 1", NEW_TIME, [UNTOLD], "1", "confirm 4"),
    ("the new time: 2", NEW_TIME, [UNTOLD], "2", "reschedule 4"),
    ("the new time: X", NEW_TIME, [UNTOLD], "X", "cancel 4"),
]  # fmt: skip


@pytest.mark.parametrize("case", ASKED, ids=[case[0] for case in ASKED])
def test_the_answer_to_a_question(case: tuple[str, Asked, list[Known], str, str]) -> None:
    _, asked, appointments, body, expected = case
    assert outcome(appointments, body, asked) == expected


CONFIRM, RESCHEDULE, CANCEL = Answer
SOON = known(1, reminded=HOUR)
PAST = replace(SOON, starts_at=NOW)
MOVED = replace(SOON, moved=True)
MAY = Answers(cancel=True, cancel_notice=timedelta(days=1))

EFFECTS: list[tuple[str, Known, Answer, Answers, Sentence, AppointmentState | None]] = [
    ("confirmed", SOON, CONFIRM, Answers(), Sentence.CONFIRMED, CONFIRMED),
    ("another time after all", replace(SOON, state=CONFIRMED), RESCHEDULE, Answers(), Sentence.RESCHEDULE,
     RESCHEDULE_REQUESTED),
    ("they come after all", replace(SOON, state=RESCHEDULE_REQUESTED), CONFIRM, Answers(), Sentence.CONFIRMED,
     CONFIRMED),
    ("cancelled a day before", SOON, CANCEL, MAY, Sentence.CANCELED, CANCELED),
    ("a minute too late for that", replace(SOON, starts_at=SOON.starts_at - MINUTE), CANCEL, MAY,
     Sentence.NOT_CANCELABLE, None),
    ("nobody may cancel", SOON, CANCEL, Answers(), Sentence.NOT_CANCELABLE, None),
    ("this kind may not be cancelled", SOON, CANCEL, Answers(cancel=frozenset({"cut"})), Sentence.NOT_CANCELABLE,
     None),
    ("it has begun", PAST, CONFIRM, Answers(), Sentence.PAST, None),
    ("it is over", replace(SOON, state=DONE), CONFIRM, Answers(), Sentence.PAST, None),
    ("they did not come", replace(PAST, state=MISSED), RESCHEDULE, Answers(), Sentence.PAST, None),
    ("it was cancelled", replace(SOON, state=CANCELED), CONFIRM, Answers(), Sentence.WAS_CANCELED, None),
    ("cancelled once more", replace(SOON, state=CANCELED), CANCEL, MAY, Sentence.CANCELED, None),
    ("it was moved: the new time first", MOVED, CONFIRM, Answers(), Sentence.MOVED, None),
    ("moved, and not to be cancelled by the old time", MOVED, CANCEL, MAY, Sentence.MOVED, None),
    ("moved and begun", replace(PAST, moved=True), CONFIRM, Answers(), Sentence.PAST, None),
]  # fmt: skip


@pytest.mark.parametrize("case", EFFECTS, ids=[case[0] for case in EFFECTS])
def test_what_follows(case: tuple[str, Known, Answer, Answers, Sentence, AppointmentState | None]) -> None:
    _, appointment, answer, answers, sentence, state = case
    effect = effect_of(answer, appointment, answers=answers, now=NOW)
    assert (effect.sentence, effect.state) == (sentence, state)


any_known = st.builds(
    Known,
    id=st.integers(1, 4),
    kind=st.just("checkup"),
    state=st.sampled_from(AppointmentState),
    starts_at=st.integers(-30, 30).map(lambda hours: NOW + hours * HOUR),
    reminded_at=st.none() | st.integers(0, 60).map(lambda minutes: NOW - minutes * MINUTE),
    moved=st.booleans(),
)
all_known = st.lists(any_known, max_size=4, unique_by=lambda each: each.id)
any_asked = st.none() | st.builds(
    Asked,
    answer=st.sampled_from(Answer),
    appointment_ids=st.lists(st.integers(1, 4), min_size=1, max_size=4, unique=True),
    at=st.integers(0, 60).map(lambda minutes: NOW - minutes * MINUTE),
)
any_body = st.sampled_from(["C", "yes", "1", "2", "3", "R", "X", "hello", "STOP"])


@given(all_known, any_body, any_asked)
def test_only_an_expected_and_unmoved_one_ever_changes(
    appointments: list[Known], body: str, asked: Asked | None
) -> None:
    chosen = choose(appointments, AnswerWords().said(body), number_said(body), asked, now=NOW)
    if isinstance(chosen, Which):
        assert {each.id for each in chosen.appointments} <= {each.id for each in appointments}
    if isinstance(chosen, About):
        state = effect_of(chosen.answer, chosen.appointment, answers=Answers(cancel=True), now=NOW).state
        held = chosen.appointment
        assert held in appointments
        assert state is None or (held.state in OPEN_STATES and held.starts_at > NOW and not held.moved)


@given(all_known, st.sampled_from(["yes", "1", "2", "ja"]))
def test_who_was_neither_reminded_nor_asked_answers_nothing_by_a_yes(appointments: list[Known], body: str) -> None:
    unreminded = [replace(each, reminded_at=None) for each in appointments]
    assert outcome(unreminded, body) == "nothing"


@given(all_known, any_body, any_asked)
def test_free_text_and_stop_are_about_nothing(appointments: list[Known], body: str, asked: Asked | None) -> None:
    assert outcome(appointments, f"{body} please call me", asked) == "nothing"
    assert outcome(appointments, "STOP", asked) == "nothing"
