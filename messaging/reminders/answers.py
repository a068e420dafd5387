"""The words by which people answer a reminder: a whole text, as `data/appointment_words.csv` has them."""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from messaging.keywords import Keyword, plain, recognise
from messaging.refusals import Refusal, judge

LONGEST = 60
"""Characters of a word; a longer text is read by a person."""


class Answer(StrEnum):
    """What a person says to a reminder: they come, they want another time, or the appointment is off."""

    CONFIRM = "confirm"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer; `alone`: it says by itself what it is about, also where nobody was reminded (C, but not YES)."""

    answer: Answer
    alone: bool


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """The usual words, and an organization's `own` (as `word_key` gives them), which win."""

    own: Mapping[str, Answer] = field(default_factory=dict)

    def said(self, body: str) -> Said | None:
        """The answer that a text is; None for every other text, and always for STOP, START (but YES) and HELP."""
        word = word_key(body) if len(body) <= LONGEST else ""
        if not word or recognise(body, asked=True) is not None:
            return None
        own = self.own.get(word)
        return Said(own, alone=not word.isdecimal()) if own else USUAL.get(word)


def number_said(body: str) -> int | None:
    """The number that a text is, from 1 to 99; None for every other text."""
    word = plain(body)
    return int(word) if word.isascii() and word.isdecimal() and len(word) <= 2 and int(word) else None


def word_key(body: str) -> str:
    """A text as it is compared: `plain`, and without accents, which many leave out."""
    letters = unicodedata.normalize("NFD", plain(body)).replace("ł", "l")
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")


def means_stop(word: str) -> bool:
    """Whether a text ends messages, or does what only START and HELP may do, and so is never an answer."""
    keyword = recognise(word, asked=True)
    return keyword in set(Keyword) or judge(word).refusal is Refusal.OPTED_OUT


def _read_words() -> dict[str, Said]:
    with (Path(__file__).parents[1] / "data" / "appointment_words.csv").open(encoding="utf-8", newline="") as file:
        return {
            word_key(row["word"]): Said(Answer(row["answer"]), row["alone"] == "yes")
            for row in csv.DictReader(file)
        }


USUAL: Final = _read_words()
"""Every usual word, in whatever language: no word has two meanings."""
