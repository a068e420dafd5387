"""The section `answers` of the reminder rules, and its mistakes with their places."""

from datetime import timedelta

import pytest

from messaging.reminders.answer_rules import Answers
from messaging.reminders.answer_sentences import Sentence
from messaging.reminders.answers import Answer
from models.reminders.answers_section import parse_answers
from models.yaml_bodies import Bodies
from models.yaml_source import DefinitionError, YamlSource


def read(text: str) -> Answers:
    source = YamlSource(where="rules.yaml", text=text)
    bodies = Bodies(source)
    answers = parse_answers(source, source.root(), bodies)
    bodies.check({"first_name", "appointment.time"})
    return answers


def test_all_keys() -> None:
    answers = read("""
cancel: [Cleaning, checkup]
cancel_hours: 24
words: {confirm: [Passt, OK], reschedule: [geht nicht], cancel: [komme nicht]}
language: de
texts:
  confirmed: 'Danke, {{ first_name }}, bis {{ appointment.time }}.'
  which: 'Welchen? {{ choices }}'
""")
    assert answers.may_cancel("cleaning")
    assert not answers.may_cancel("surgery")
    assert answers.cancel_notice == timedelta(hours=24)
    said = answers.words.said("ok")
    assert said is not None
    assert said.answer is Answer.CONFIRM
    assert answers.language == "de"
    assert set(answers.texts) == {Sentence.CONFIRMED, Sentence.WHICH}


def test_nothing_is_cancelled_unless_it_is_said() -> None:
    assert not Answers().may_cancel("checkup")
    assert read("cancel: true").may_cancel("checkup")


MISTAKES: dict[str, tuple[str, int, str]] = {
    "an unknown key": ("cancle: true", 1, 'did you mean "cancel"?'),
    "a STOP as a word": ("words: {cancel: [CANCEL]}", 1, "always means something else"),
    "a refusal in another language": ("words: {cancel: [stornieren]}", 1, "always means something else"),
    "HELP as a word": ("words: {confirm: [info]}", 1, "always means something else"),
    "no word at all": ("words:\n  confirm: ['!']", 2, "a letter or digit"),
    "one word, two answers": ("words:\n  confirm: [ok]\n  cancel: [OK.]", 3, '"ok" already means confirm'),
    "an unknown answer": ("words: {no: [nein]}", 1, "known are confirm, reschedule, cancel"),
    "too many hours": ("cancel_hours: 1000", 1, "from 0 to 720, not 1000"),
    "a language without texts": ("language: ja", 1, 'no texts in "ja"'),
    "an unknown text": ("texts: {thanks: Danke}", 1, 'no key "thanks"'),
    "a question without its choices": ("texts: {which: Which one?}", 1, "must say {{ choices }}"),
    "choices where there are none": ("texts: {past: '{{ choices }}'}", 1, 'no variable "choices"'),
    "an unknown variable": ("texts: {past: '{{ appointment.hour }}'}", 1, 'no variable "appointment.hour"'),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_with_its_place(case: str) -> None:
    text, line, reason = MISTAKES[case]
    with pytest.raises(DefinitionError) as refused:
        read(text)
    assert refused.value.line == line
    assert reason in str(refused.value)
