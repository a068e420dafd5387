"""A word of refusal that stands alone is never missed, however it is written."""

import csv
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.refusals import Refusal, judge
from messaging.refusals.vocabulary import DATA

FCC = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")
"""Words that are a refusal by themselves: 47 CFR 64.1200(a)(10), FCC 24-24."""

TWILIO = ("stop", "stopall", "unsubscribe", "end", "quit", "revoke", "optout", "cancel")

with (DATA / "refusal_words.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
WORDS = sorted({row["words"] for row in ROWS if row["kind"] in {"stop", "alone"}} | {*FCC, *TWILIO})

MARKS = ("", " ", "!", "...", "!!!", "?", "\n", '"', "\u200b", "\ufe0f", "\U0001f621", " \U0001f64f", "*", "- ")


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_table(word: str) -> None:
    forms = {word, word.upper(), word.title(), f" {word}. ", f'"{word}"', f"{word}!!!\n"}
    assert {judge(form).refusal for form in forms} == {Refusal.OPTED_OUT}


@given(
    word=st.sampled_from(WORDS),
    before=st.sampled_from(MARKS),
    after=st.sampled_from(MARKS),
    chance=st.randoms(use_true_random=False),
)
def test_in_any_case_with_any_marks(word: str, before: str, after: str, chance: random.Random) -> None:
    mixed = "".join(chance.choice((letter.upper(), letter.lower())) for letter in word)
    assert judge(f"{before}{mixed}{after}").refusal is Refusal.OPTED_OUT


@pytest.mark.parametrize("word", [*FCC, *TWILIO])
@pytest.mark.parametrize(
    "with_it", ["{} please", "please {}", "{} thanks", "{0} {0}", "{0}. {0}. {0}", "Please, {}!"]
)
def test_with_a_please_or_twice(word: str, with_it: str) -> None:
    assert judge(with_it.format(word)).refusal is Refusal.OPTED_OUT


DRESSED = {
    "full width": "\uff33\uff34\uff2f\uff30",
    "mathematical letters": "\U0001d5e6\U0001d5e7\U0001d5e2\U0001d5e3",
    "Cyrillic look-alikes": "\u0455\u0442o\u0440",
    "dots": "S.T.O.P.",
    "apart": "s t o p",
    "drawn out": "stoooooop",
    "invisible characters": "s\u200bt\u00ado\u2060p",
    "with marks": "s\u0336t\u0336o\u0336p\u0336",
    "a sign": "\U0001f6d1",
    "signs": "\U0001f6d1\U0001f6d1\U0001f6d1",
}


@pytest.mark.parametrize("body", DRESSED.values(), ids=DRESSED)
def test_however_it_is_dressed(body: str) -> None:
    assert judge(body).refusal is Refusal.OPTED_OUT
