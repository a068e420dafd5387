"""Judges a text: a refusal, a doubt, or neither; and says by which phrase."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

from messaging.refusals.covering import is_refusal
from messaging.refusals.folding import END, fold
from messaging.refusals.patterns import PAIRS, PATTERNS, Pattern
from messaging.refusals.typos import meant


class Refusal(StrEnum):
    """What a text says about getting more messages; `doubtful` is for a person to decide."""

    OPTED_OUT = "opted_out"
    DOUBTFUL = "doubtful"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`why` names the phrase of the table, never the text itself."""

    refusal: Refusal
    why: str = ""


_NONE = Verdict(Refusal.NONE)


def judge(body: str, *, keywords: Collection[str] = ()) -> Verdict:
    """The verdict on a text of any length; `keywords` are an organization's own, each a whole text."""
    words = _words(body)
    if own := _own_keyword(words, keywords):
        return Verdict(Refusal.OPTED_OUT, f'their word "{own}"')
    return _judge(words) if words else _NONE


@lru_cache(maxsize=1024)
def _judge(words: Sequence[str]) -> Verdict:
    said = [word for word in words if word != END]
    if word := is_refusal(said):
        return Verdict(Refusal.OPTED_OUT, f'the word "{word}"')
    if phrase := _first("surely", _line(said)):
        return _like(Refusal.OPTED_OUT, phrase)
    rest, guard = _without_guarded(_line(words))
    clauses = (list(clause) for is_end, clause in groupby(rest.split(), END.__eq__) if not is_end)
    if word := next((word for clause in clauses if (word := is_refusal(clause, surely=True))), None):
        return Verdict(Refusal.OPTED_OUT, f'the word "{word}"')
    left = rest.replace(f" {END}", "")
    if phrase := _first("refusal", left):
        return _like(Refusal.OPTED_OUT, phrase)
    if phrase := guard or _first("doubtful", left):
        return _like(Refusal.DOUBTFUL, phrase)
    return Verdict(Refusal.DOUBTFUL, "something against messages") if _is_against_messages(said) else _NONE


def _is_against_messages(words: Sequence[str]) -> bool:
    return any(not about.isdisjoint(words) and not against.isdisjoint(words) for about, against in PAIRS)


def _words(body: str) -> tuple[str, ...]:
    return tuple(meant(word) for word in fold(body))


def _own_keyword(words: Sequence[str], keywords: Collection[str]) -> str | None:
    said = [word for word in words if word != END]
    return next((own for own in keywords if said and said == [w for w in _words(own) if w != END]), None)


def _line(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def _first(verdict: str, line: str) -> Pattern | None:
    return next((pattern for pattern in PATTERNS[verdict] if pattern.search.search(line)), None)


def _without_guarded(line: str) -> tuple[str, Pattern | None]:
    """The text without what is said the other way round ("don't stop"), and the first phrase that took from it."""
    taken = None
    for pattern in PATTERNS["guard"]:
        shorter = pattern.search.sub("… ", line)
        taken, line = (taken or pattern if shorter != line else taken), shorter
    return line, taken


def _like(refusal: Refusal, pattern: Pattern) -> Verdict:
    return Verdict(refusal, f'like "{pattern.example}"')
