"""Splits a text into user-perceived characters as Twilio's calculator does: UAX #29 of Unicode 10.0.

Newer rules keep more together (Hindi conjuncts, "❤️‍🔥"), and so would count other segments than Twilio bills.
Source: https://www.unicode.org/reports/tr29/tr29-31.html, tables 1c and 2. Two differences are the calculator's
own: "\\r\\n" is two characters, and a flag keeps only one mark that follows it.
"""

import json
import re
from functools import cache
from pathlib import Path

_RANGES = Path(__file__).parent / "data" / "grapheme_break_10.json"


def split(text: str) -> list[str]:
    """The grapheme clusters of `text`; joined they are the text again."""
    if _joining().search(text) is None:
        return list(text)
    return _clusters().findall(text)


@cache
def _classes() -> dict[str, str]:
    ranges: dict[str, list[str]] = json.loads(_RANGES.read_text(encoding="utf-8"))
    return {name: "".join(map(_class_part, items)) for name, items in ranges.items()}


@cache
def _joining() -> re.Pattern[str]:
    """Every character that can be one cluster with its neighbour has one of these among the two."""
    names = ("Extend", "SpacingMark", "ZWJ", "Prepend", "Regional_Indicator", "E_Modifier", "L", "V", "T")
    return re.compile("[" + "".join(_classes()[name] for name in names) + "]")


@cache
def _clusters() -> re.Pattern[str]:
    c = _classes()
    control = rf"\r\n{c['Control']}"
    modified = rf"(?:[{c['Extend']}]*[{c['E_Modifier']}])?"
    joined = rf"{c['ZWJ']}(?:[{c['Glue_After_Zwj']}]|[{c['E_Base_GAZ']}]{modified})?"
    mark = f"{c['Extend']}{c['SpacingMark']}"
    tail = rf"(?:[{mark}]|{joined})*"
    prepend = rf"[{c['Prepend']}]"
    flag = rf"[{c['Regional_Indicator']}]{{2}}[{mark}{c['ZWJ']}]?"
    emoji = rf"[{c['E_Base']}{c['E_Base_GAZ']}]{modified}"
    other = rf"[^{control}{mark}{c['ZWJ']}{c['Prepend']}]"
    core = rf"{flag}|(?:{_hangul(c['L'], c['V'], c['T'])}|{emoji}|{other}){tail}"
    return re.compile(rf"[{control}]|{prepend}*(?:{core})|{prepend}+{tail}|(?:[{mark}]|{joined})+")


def _hangul(leading: str, vowel: str, trailing: str) -> str:
    """Syllables: those precomposed without a trailing consonant (every 28th) take a vowel, the others don't."""
    open_ = "".join(map(chr, range(0xAC00, 0xD7A4, 28)))
    composed = rf"(?:[{open_}][{vowel}]*|[\uAC00-\uD7A3])[{trailing}]*"
    return rf"[{leading}]*(?:[{vowel}]+[{trailing}]*|{composed})|[{leading}]+|[{trailing}]+"


def _class_part(item: str) -> str:
    first, _, last = item.partition("-")
    start = re.escape(chr(int(first, 16)))
    return f"{start}-{re.escape(chr(int(last, 16)))}" if last else start
