"""Recognises the words by which people stop, restart or ask: the whole text must be one of them.

Twilio's default words (https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out), "subscribe", and
"stop all" and "opt out" as people write them, kept in `data/keywords.csv`. Twilio itself only knows its own
spellings, without dots or emoji; reading more as STOP can only stop more.
"""

import csv
import unicodedata
from enum import StrEnum
from pathlib import Path
from typing import Final


class Keyword(StrEnum):
    """What a text asks for. START includes YES, which restores an opt-in only where nothing else was asked."""

    STOP = "stop"
    START = "start"
    HELP = "help"


def recognise(body: str, *, opt_out_type: str | None = None, asked: bool = False) -> Keyword | None:
    """The keyword that a text is, in any case and whatever marks or emoji surround it; None for other texts.

    `opt_out_type` is Twilio's `OptOutType` (STOP, START, HELP), sent with Advanced Opt-Out; it wins. Where
    something was `asked`, a YES answers that, and is no START even when Twilio calls it one.
    """
    keyword = _WORDS.get(plain(body))
    if opt_out_type and opt_out_type.strip().lower() in _KEYWORDS:
        keyword = Keyword(opt_out_type.strip().lower())
    if asked and keyword is Keyword.START and plain(body) == _YES:
        return None
    return keyword


def twilio_answers(body: str) -> bool:
    """Whether Twilio answers an SMS with this text itself: one of its words in any case, and nothing else."""
    return body.strip().casefold() in _TWILIOS


def plain(body: str) -> str:
    """A text as it is compared with keywords: lower case, compatibility forms and invisible characters resolved.

    Whatever comes before its first and after its last letter or digit is cut off.
    """
    text = "".join(c for c in unicodedata.normalize("NFKC", body) if unicodedata.category(c) != "Cf").casefold()
    letters = [place for place, character in enumerate(text) if character.isalnum()]
    return " ".join(text[letters[0] : letters[-1] + 1].split()) if letters else ""


def _read_words() -> dict[str, Keyword]:
    with (Path(__file__).parent / "data" / "keywords.csv").open(encoding="utf-8", newline="") as file:
        return {row["word"]: Keyword(row["keyword"]) for row in csv.DictReader(file)}


_TWILIOS: Final = frozenset(
    {"stop", "stopall", "unsubscribe", "end", "quit", "revoke", "optout", "cancel"}
    | {"start", "yes", "unstop", "help", "info"}
)
_YES: Final = "yes"
_KEYWORDS: Final = frozenset(keyword.value for keyword in Keyword)
_WORDS: Final = _read_words()
