"""A survey read from its file, and every mistake told with its place."""

from pathlib import Path

import pytest

from messaging.surveys.definition import END, Choice, FreeText, Number, Option, Survey
from models.surveys.definition import parse
from models.yaml_source import DefinitionError

GOOD = """\
name: visit
intro: 'Hi {{ first_name }}, two questions.'
steps:
  - key: score
    kind: number
    min: 0
    max: 10
    text: 'How was it, 0 to 10?'
    next: {10: end, 3: team}
  - key: team
    kind: choice
    options: {front desk: [reception, Empfang], doctor: [dr]}
    text: 'Who? {{ score }}'
closing: 'Thanks for {{ score }}.'
"""
EXAMPLE = Path(__file__).parents[3] / "examples" / "survey.yaml"


def read(text: str) -> Survey:
    return parse(text, where="survey.yaml").checked(["loyalty"])


def test_a_survey() -> None:
    survey = read(GOOD)
    assert [step.question for step in survey.steps] == [
        Number(0, 10),
        Choice((Option("front desk", ("front desk", "reception", "empfang")), Option("doctor", ("doctor", "dr")))),
    ]
    assert survey.steps[0].next == {"10": END, "3": "team"}
    assert survey.steps[0].invalid == "Please answer with a whole number from 0 to 10."
    assert survey.steps[1].invalid == "Please answer with one of: front desk, doctor."
    assert (survey.tries, survey.hours, survey.skip, survey.tag) == (3, 24.0, ("skip",), None)


def test_the_example() -> None:
    survey = read(EXAMPLE.read_text())
    assert survey.steps[1].question == FreeText(300)
    assert (survey.remind_hours, survey.skip, survey.tag) == (4.0, ("skip", "weiter"), "surveyed")


MISTAKES = {
    # name: (what stands in the good file, what is written for it, line, column, what is said)
    "an unknown key": ("intro:", "inrto:", 2, 1, 'there is no key "inrto"; did you mean "intro"?'),
    "no closing": ("closing:", "tag:", 1, 1, '"closing" is missing; add it.'),
    "no key": ("key: team\n    kind: choice", "kind: choice", 10, 5, '"key" is missing; add it.'),
    "an unknown kind": ("kind: number", "kind: numbr", 5, 11, 'no kind "numbr"; did you mean "number"?'),
    "a key with a space": ("key: score", "key: my score", 4, 10, "must be small letters, digits and _"),
    "a contact's field": ("key: score", "key: phone", 4, 10, '"phone" means something else in texts'),
    "end as a key": ("key: score", "key: end", 4, 10, '"end" means something else in texts'),
    "a key twice": ("key: team", "key: score", 10, 10, '"score" is already the key of another step'),
    "min above max": ("min: 0", "min: 11", 7, 10, "max must not be less than min."),
    "min of a text": ("kind: number", "kind: text", 6, 10, 'a step of the kind text has no "min"; remove it.'),
    "a word as min": ("min: 0", "min: few", 6, 10, "min must be a number, not a text."),
    "no options": ("    options: {front desk: [reception, Empfang], doctor: [dr]}\n", "", 11, 11, "needs options"),
    "one option": ("{front desk: [reception, Empfang], doctor: [dr]}", "[one]", 12, 14, "at least two options."),
    "a word twice": ("[dr]", "[reception]", 12, 49, '"reception" stands for two options; keep one.'),
    "STOP as an answer": ("[dr]", "[dr, Cancel]", 12, 62, '"Cancel" always means STOP and can be no answer'),
    "END as an option": ("doctor:", "end:", 12, 49, '"end" always means STOP and can be no answer'),
    "HELP as a word to skip": ("closing:", "skip: [info]\nclosing:", 14, 8, '"info" always means HELP'),
    "a step that is none": ("3: team", "3: teem", 9, 24, 'no step after this one; did you mean "team"?'),
    "backwards": ("text: 'Who?", "next: score\n    text: 'Who?", 13, 11, '"score" is no step after this one'),
    "an answer that is none": ("10: end", "11: end", 9, 12, '"11" is no answer to this question.'),
    "a variable that is none": ("{{ first_name }}", "{{ firstname }}", 2, 15, 'did you mean "first_name"?'),
    "a later answer": ("'How was it,", "'{{ team }}", 8, 15, 'there is no variable "team"'),
    "text too long": ("'Who? ", "'" + "a" * 1_700, 13, 12, "Twilio takes 1,600 at most"),
    "no tries": ("closing:", "tries: 0\nclosing:", 14, 8, "tries must be a whole number from 1 to 10, not 0."),
    "hours for ever": ("closing:", "hours: 10000\nclosing:", 14, 8, "hours must be above 0 and at most 720"),
    "reminder without a time": ("closing:", "reminder: Hm\nclosing:", 14, 11, "does nothing without remind_hours"),
    "reminder too late": (
        "closing:",
        "reminder: Hm\nremind_hours: 24\nclosing:",
        15,
        15,
        "remind_hours must be less than hours.",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes_are_told_with_their_place(case: str) -> None:
    old, new, line, column, reason = MISTAKES[case]
    assert old in GOOD
    with pytest.raises(DefinitionError) as refused:
        read(GOOD.replace(old, new, 1))
    assert reason in str(refused.value)
    assert str(refused.value).startswith(f"survey.yaml, line {line}, column {column}: ")


def test_yes_is_no_keyword_where_it_answers() -> None:
    survey = read(GOOD.replace("doctor: [dr]", "doctor: [yes]"))
    assert survey.steps[1].question == Choice(
        (Option("front desk", ("front desk", "reception", "empfang")), Option("doctor", ("doctor", "yes")))
    )
