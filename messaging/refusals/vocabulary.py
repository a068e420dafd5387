"""The words of `data/refusal_words.csv`, and those of the phrases, folded as texts are.

`stop`: means it alone and among fillers; `alone`: means it alone, at most with a please; `polite` and `filler` may
stand beside; `ordinary` words lie a slip away from one of these and mean something else.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from messaging.refusals.folding import fold

DATA: Final = Path(__file__).parent.parent / "data"
LONGEST: Final = 5
"""No phrase of the table has more words."""


class Phrase(NamedTuple):
    """Words that stand for themselves: what kind they are, and how they are written."""

    kind: str
    written: str


def _read() -> tuple[Mapping[tuple[str, ...], Phrase], frozenset[str]]:
    phrases: dict[tuple[str, ...], Phrase] = {}
    mistyped: set[str] = set()
    with (DATA / "refusal_words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = tuple(fold(row["words"]))
            phrases.setdefault(words, Phrase(row["kind"], row["words"]))
            mistyped.update(words if row["typos"] else ())
    return phrases, frozenset(mistyped)


def _read_known() -> frozenset[str]:
    """Every word of both tables: what is known is no slip."""
    with (DATA / "refusal_phrases.csv").open(encoding="utf-8", newline="") as file:
        phrases = [row["phrase"] for row in csv.DictReader(file)]
    return frozenset(word for words in PHRASES for word in words) | frozenset(fold(" ".join(phrases)))


PHRASES, OFTEN_MISTYPED = _read()
KNOWN: Final = _read_known()
