"""Brings a text into the form in which phrases are compared: plain words, and where its clauses end."""

import re
import unicodedata
from typing import Final

END = ";"
"""Stands between two clauses."""

SIGNS: Final = "🛑🚫⛔🔕🖕"
"""Emoji that are read as words; all others are no words."""

_LOOKALIKES: Final = str.maketrans("аеікмнорстухѕ", "aeikmhopctyxs")
_LETTERS_WITHOUT_MARK: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe"})
_CONTRACTED = re.compile(r"(?<=\w)'(?=(?:t|s|d|ll|re|ve|m)\b)")
_SPELLED = re.compile(r"(?<!\w)\w(?:[ .*_-]\w){2,}(?!\w)")
_APART = re.compile(r"(?<!\w)s ?t ?o ?p(?!\w)")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_PIECES = re.compile(rf"[^\W_]+|[{SIGNS}]|[.!?,:;\n()]|(?<=\s)[-\u2013\u2014](?=\s)")
_QUOTED = re.compile(r"[“\"«][^“”\"«»]{12,}[”\"»]")


def fold(body: str) -> list[str]:
    """The words of a text in lower case without accents, and `END` wherever a clause ends.

    Full-width letters, invisible characters, Cyrillic look-alikes, letters spelled apart (S.T.O.P) and drawn out
    (stoooop) are resolved. What is quoted counts only where nothing else is said: phones quote our own message
    when a person likes it.
    """
    text = _without_marks(body)
    own = _QUOTED.sub(" ", text)
    return _words(own) or _words(text)


def _words(text: str) -> list[str]:
    joined = _SPELLED.sub(lambda spelled: re.sub(r"\W|_", "", spelled[0]), _APART.sub("stop", text))
    found = [_latin(_DRAWN_OUT.sub(r"\1", piece)) for piece in _PIECES.findall(joined)]
    pieces = [piece if piece[0].isalnum() or piece in SIGNS else END for piece in found]
    return pieces if any(piece != END for piece in pieces) else []


def _without_marks(body: str) -> str:
    visible = "".join(c for c in unicodedata.normalize("NFKC", body) if unicodedata.category(c) != "Cf")
    apart = unicodedata.normalize("NFD", visible.casefold())
    bare = "".join(character for character in apart if unicodedata.category(character) not in {"Mn", "Me"})
    plain = unicodedata.normalize("NFC", bare).translate(_LETTERS_WITHOUT_MARK)
    return _CONTRACTED.sub("", re.sub("[\u2018\u2019\u02bc`\u00b4]", "'", plain))


def _latin(word: str) -> str:
    """A word of Cyrillic letters that all look like Latin ones, as it looks; other words unchanged."""
    seen = word.translate(_LOOKALIKES)
    return seen if seen.isascii() else word
