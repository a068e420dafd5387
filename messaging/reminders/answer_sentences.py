"""What is said to an answer, in the languages of `data/appointment_sentences.csv`; there "\\n" ends a line."""

import csv
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

CHOICES: Final = "choices"
"""The variable that holds the appointments to choose from, a line each, with their numbers."""


class Sentence(StrEnum):
    """Each thing that is said, by the name under which an organization gives its own text."""

    CONFIRMED = "confirmed"
    RESCHEDULE = "reschedule"
    CANCELED = "canceled"
    WHICH = "which"
    REALLY_CANCEL = "really_cancel"
    MOVED = "moved"
    PAST = "past"
    WAS_CANCELED = "was_canceled"
    NOT_CANCELABLE = "not_cancelable"

    @property
    def asks(self) -> bool:
        """Whether it lists appointments by number: then `choices` takes the place of `appointment`."""
        return self in (Sentence.WHICH, Sentence.REALLY_CANCEL)


def language_of(locale: str | None, *, otherwise: str) -> str:
    """The language of a contact's locale ("pt_BR", "de") where there are texts in it."""
    language = (locale or "").replace("-", "_").partition("_")[0].lower()
    return language if language in LANGUAGES else otherwise


def usual_text(sentence: Sentence, language: str) -> str:
    """The Liquid source of a sentence in a language of `LANGUAGES`."""
    return _TEXTS[sentence, language]


def _read_texts() -> Mapping[tuple[Sentence, str], str]:
    file = Path(__file__).parents[1] / "data" / "appointment_sentences.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        return {
            (Sentence(row["sentence"]), row["language"]): row["text"].replace("\\n", "\n")
            for row in csv.DictReader(opened)
        }


_TEXTS: Final = _read_texts()
LANGUAGES: Final = frozenset(language for _, language in _TEXTS)
"""Each has every sentence."""
