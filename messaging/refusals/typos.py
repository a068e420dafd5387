"""Reads a mistyped word as the word that was meant, where few slips lie between them."""

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from messaging.refusals.vocabulary import KNOWN, OFTEN_MISTYPED

_SHORT: Final = 5
_LONG: Final = 9
_LONGEST: Final = 30


@lru_cache(maxsize=4096)
def meant(word: str) -> str:
    """The word itself, when it is known or far from all; else the one it is mistyped from.

    One slip (a letter missing, too many, wrong, or two swapped) is forgiven, two in words of nine letters and
    more. Short words must begin or end as meant. Ordinary words that lie near (shop, anmelden) are in the table.
    """
    if word in KNOWN or not 3 <= len(word) <= _LONGEST or not word[0].isalnum():
        return word
    return _nearest(word, OFTEN_MISTYPED) or word


def _nearest(word: str, candidates: Collection[str]) -> str | None:
    distances = ((OSA.distance(word, each, score_cutoff=_slips(each)), each) for each in candidates)
    near = [(distance, each) for distance, each in distances if distance <= _slips(each) and _alike(word, each)]
    return min(near)[1] if near else None


def _slips(word: str) -> int:
    return 2 if len(word) >= _LONG else 1


def _alike(word: str, candidate: str) -> bool:
    if len(candidate) > _SHORT:
        return True
    return word[0] == candidate[0] or word[-1] == candidate[-1] or sorted(word) == sorted(candidate)
