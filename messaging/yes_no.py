"""Recognises a plain yes or no, in the languages of `data/yes_no.csv`: the whole text must be the word."""

import csv
from pathlib import Path
from typing import Final

from messaging.keywords import plain


def said_yes(body: str) -> bool | None:
    """True for a yes, False for a no, in any case and whatever marks surround it; None for every other text."""
    return _WORDS.get(plain(body))


def _read_words() -> dict[str, bool]:
    with (Path(__file__).parent / "data" / "yes_no.csv").open(encoding="utf-8", newline="") as file:
        return {plain(row["word"]): row["meaning"] == "yes" for row in csv.DictReader(file)}


_WORDS: Final = _read_words()
