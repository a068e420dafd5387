"""Reads what a person wrote as the answer to a question, or refuses it."""

import re
import unicodedata
from functools import singledispatch

from messaging.keywords import plain
from messaging.surveys.definition import Choice, FreeText, Number, Question, YesNo
from messaging.yes_no import said_yes

Value = int | float | str | bool
"""A number, a choice's label or a text, a yes or a no."""

_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,2})?")
"""At most two decimals: "1,000" is a thousand to some and one to others, so it is neither."""

_KEYS = {ord("\u2212"): "-", 0xFE0F: None, 0x20E3: None}
"""A typographer's minus, and what makes a digit the picture of a key."""


@singledispatch
def read_answer(question: Question, body: str) -> Value | None:  # noqa: ARG001 (each kind of question reads for itself)
    """The value that a text gives as the answer to a question; None when it is none."""
    raise TypeError(f"There is no question of the kind {type(question).__name__}.")


@read_answer.register
def _(question: Number, body: str) -> Value | None:
    digits = unicodedata.normalize("NFKC", body).translate(_KEYS).strip().rstrip(".!,")
    if not _NUMBER.fullmatch(digits):
        return None
    value = float(digits.replace(",", "."))
    if (question.least is not None and value < question.least) or (
        question.most is not None and value > question.most
    ):
        return None
    if value.is_integer():
        return int(value)
    return None if question.whole else value


@read_answer.register
def _(question: Choice, body: str) -> Value | None:
    return words_of(question).get(plain(body))


@read_answer.register
def _(question: FreeText, body: str) -> Value | None:
    written = body.strip()
    return written if 0 < len(written) <= question.longest else None


@read_answer.register
def _(_question: YesNo, body: str) -> Value | None:
    return said_yes(body)


def words_of(question: Choice) -> dict[str, str]:
    """The labels by every word for them; places in the list count where no word is a number itself."""
    words = {word: option.label for option in question.options for word in option.words}
    if any(word.isdecimal() for word in words):
        return words
    return words | {str(place): option.label for place, option in enumerate(question.options, start=1)}


def written(value: Value) -> str:
    """A value as it stands in texts and branches: yes and no in words."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
