"""The phrases of `data/refusal_phrases.csv`, compiled.

A phrase is a row of words: `a|b` is either, `a?` may be missing, `*` is up to three words, `<msg>` a set of the
same language, `^` and `$` the ends of the text. Each gap is bounded, so that the time grows with the text alone.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from messaging.refusals.folding import END, fold
from messaging.refusals.vocabulary import DATA

_GAP: Final = rf"(?:[^ {END}]+ ){{0,3}}"
_SET: Final = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One compiled phrase, to be searched in words that are joined by spaces, with a space at each end.

    `example` is a text that it finds.
    """

    example: str
    search: re.Pattern[str]


def _read() -> Mapping[str, Sequence[Pattern]]:
    with (DATA / "refusal_phrases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sets: dict[tuple[str, str], str] = {}
    patterns: dict[str, list[Pattern]] = {"surely": [], "guard": [], "refusal": [], "doubtful": []}
    for row in rows:
        if row["verdict"] == "set":
            name, _, words = row["phrase"].partition("=")
            sets[row["language"], name] = "|".join(words.split())
        elif row["verdict"] in patterns:
            patterns[row["verdict"]].append(_compile(row["phrase"], row["language"], sets))
    return patterns


def _read_pairs() -> Sequence[tuple[frozenset[str], frozenset[str]]]:
    with (DATA / "refusal_phrases.csv").open(encoding="utf-8", newline="") as file:
        sets = {(row["language"], row["verdict"]): frozenset(fold(row["phrase"])) for row in csv.DictReader(file)}
    return [(words, sets[of, "against"]) for (of, what), words in sets.items() if what == "about"]


def _compile(phrase: str, language: str, sets: Mapping[tuple[str, str], str]) -> Pattern:
    full = _SET.sub(lambda found: sets[language, found[1]], phrase)
    return Pattern(_example(full), re.compile("".join(_piece(piece) for piece in full.split())))


def _example(phrase: str) -> str:
    """How a phrase reads at its shortest: the first of each choice."""
    shortest = (piece.split("|")[0] for piece in phrase.split() if not piece.endswith("?") and piece not in "^$")
    return " ".join("…" if word == "*" else word for word in shortest)


def _piece(piece: str) -> str:
    if piece in {"^", "$"}:
        return "^ " if piece == "^" else "$"
    if piece == "*":
        return _GAP
    either = sorted({" ".join(fold(word)) for word in piece.removesuffix("?").split("|")}, key=len, reverse=True)
    return rf"(?:(?<= )(?:{'|'.join(map(re.escape, either))}) ){'?' if piece.endswith('?') else ''}"


PATTERNS: Final = _read()
PAIRS: Final = _read_pairs()
"""For each language the words for messages, and the words against something: both in a text make it doubtful."""
