"""The words by which people answer a reminder, and the sentences that are said to them."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging import segments, templates
from messaging.reminders.answer_sentences import CHOICES, LANGUAGES, Sentence, language_of, usual_text
from messaging.reminders.answers import USUAL, Answer, AnswerWords, Said, means_stop, number_said

CONFIRM, RESCHEDULE, CANCEL = Answer

BODIES: dict[str, tuple[str, Answer | None]] = {
    "C": ("C", CONFIRM),
    "c with a full stop and a smile": (" c. 🙂", CONFIRM),
    "YES, no START": ("YES", CONFIRM),
    "one": ("1", CONFIRM),
    "one as the picture of a key": ("1️⃣", CONFIRM),
    "R": ("r", RESCHEDULE),
    "two": ("2", RESCHEDULE),
    "X": ("X", CANCEL),
    "cancel my appointment": ("Cancel my appointment!", CANCEL),
    "Spanish": ("Sí", CONFIRM),
    "Spanish without the accent": ("SI", CONFIRM),
    "French": ("je confirme", CONFIRM),
    "French, later": ("Déplacer le rendez-vous", RESCHEDULE),
    "German": ("Bestätigt!", CONFIRM),
    "German, off": ("Termin absagen", CANCEL),
    "Portuguese": ("remarcar", RESCHEDULE),
    "Italian": ("Disdire", CANCEL),
    "Dutch": ("afspraak verzetten", RESCHEDULE),
    "Polish": ("Potwierdzam", CONFIRM),
    "Polish on a keyboard without its letters": ("przelozyc", RESCHEDULE),
    "a sentence is for a person": ("Yes, but could my sister come along?", None),
    "a number that is no word": ("3", None),
    "a no may mean anything": ("no", None),
    "thanks": ("ok thanks", None),
    "cancel alone is a STOP": ("CANCEL", None),
    "so is END": ("end", None),
    "STOP": ("Stop", None),
    "START": ("start", None),
    "HELP": ("help", None),
    "nothing but a thumb": ("👍", None),
    "empty": ("", None),
}


@pytest.mark.parametrize("case", BODIES)
def test_what_a_text_answers(case: str) -> None:
    body, answer = BODIES[case]
    said = AnswerWords().said(body)
    assert (said.answer if said else None) is answer


@pytest.mark.parametrize("body", ["yes", "1", "2", "ja", "oui", "sim", "tak"])
def test_what_could_answer_anything_needs_a_reminder(body: str) -> None:
    said = AnswerWords().said(body)
    assert said is not None
    assert not said.alone


def test_no_usual_word_ends_messages() -> None:
    assert [word for word in USUAL if means_stop(word)] == []


@given(st.sampled_from(sorted(USUAL)), st.sampled_from(["", "!", " .", "…", " 🙂"]), st.booleans())
def test_case_and_what_surrounds_a_word_do_not_count(word: str, end: str, loud: bool) -> None:  # noqa: FBT001 (hypothesis)
    assert AnswerWords().said(f" {word.upper() if loud else word}{end}") == USUAL[word]


def test_an_organizations_word_wins() -> None:
    words = AnswerWords({"ok": CONFIRM, "r": CONFIRM, "5": RESCHEDULE})
    assert words.said("OK!") == Said(CONFIRM, alone=True)
    assert words.said("R") == Said(CONFIRM, alone=True)
    assert words.said("5") == Said(RESCHEDULE, alone=False)
    assert words.said("c") == Said(CONFIRM, alone=True)


@given(st.text(max_size=12))
def test_a_stop_is_never_an_answer(more: str) -> None:
    for word in ("stop", "cancel", "unsubscribe", "quit"):
        assert AnswerWords({word: CONFIRM}).said(word.upper()) is None
    assert AnswerWords().said(f"stop {more}") is None


NUMBERS = [
    ("1", 1),
    (" 2. ", 2),
    ("3️⃣", 3),
    ("12", 12),
    ("0", None),
    ("123", None),
    ("one", None),
    ("1 2", None),
    ("", None),
]


@pytest.mark.parametrize(("body", "number"), NUMBERS)
def test_a_number(body: str, number: int | None) -> None:
    assert number_said(body) == number


@pytest.mark.parametrize(("sentence", "language"), list(product(Sentence, sorted(LANGUAGES))))
def test_every_sentence_is_there_in_every_language(sentence: Sentence, language: str) -> None:
    template = templates.compile_checked(usual_text(sentence, language))
    more: dict[str, object] = {CHOICES: "1 Monday March 9, 9:00 AM\n2 Tuesday March 10, 2:00 PM"}
    if not sentence.asks:
        more = {"appointment": {"weekday": "Wednesday", "date": "September 23", "time": "10:30 AM"}}
    body = template.render(more)
    assert str(next(iter(more.values()))).splitlines()[0] in body if sentence.asks else "September 23" in body
    assert segments.check(body).segments <= 3


def test_what_is_said_in_english_and_german_is_cheap() -> None:
    for sentence, language in product(Sentence, ("en", "de", "it", "nl")):
        assert segments.count(usual_text(sentence, language)).encoding == "GSM-7", (sentence, language)


LOCALES = [("de", "de"), ("pt_BR", "pt"), ("fr-CA", "fr"), ("EN", "en"), ("ja", "it"), (None, "it"), ("", "it")]


@pytest.mark.parametrize(("locale", "language"), LOCALES)
def test_the_language_is_the_persons(locale: str | None, language: str) -> None:
    assert language_of(locale, otherwise="it") == language
