"""Whether some words are a word of refusal and nothing that would change its meaning: "please stop now"."""

from collections.abc import Iterator, Sequence

from messaging.refusals.vocabulary import LONGEST, PHRASES, Phrase


def is_refusal(words: Sequence[str], *, surely: bool = False) -> str | None:
    """The refusal that the words are, with nothing but fillers beside it; None when they are something else.

    Words that have another everyday meaning (end, cancel) stand only with politeness, and do not count `surely`.
    """
    pieces = list(_pieces(words))
    if not pieces or None in pieces:
        return None
    by_kind: dict[str, str] = {}
    for piece in pieces:
        if piece is not None:
            by_kind.setdefault(piece.kind, piece.written)
    if "ordinary" in by_kind:
        return None
    if "stop" in by_kind:
        return by_kind["stop"]
    return by_kind.get("alone") if not surely and "filler" not in by_kind else None


def _pieces(words: Sequence[str]) -> Iterator[Phrase | None]:
    """The phrases that the words consist of, the longest first; None where a word is in none."""
    place = 0
    while place < len(words):
        length = _longest(words, place)
        yield PHRASES[tuple(words[place : place + length])] if length else None
        place += length or 1


def _longest(words: Sequence[str], place: int) -> int:
    tries = range(min(LONGEST, len(words) - place), 0, -1)
    return next((length for length in tries if tuple(words[place : place + length]) in PHRASES), 0)
