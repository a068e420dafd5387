"""Numbers that do not belong into a text message: cards, IBANs, US social security numbers.

A card is 13 to 19 digits that begin like a card of a known scheme and fit Luhn's check (ISO/IEC 7812); an IBAN
fits its check digits (ISO 13616); a social security number has its hyphens, and parts that are given out
(https://www.ssa.gov/employer/randomization.html).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_CARD = re.compile(r"(?<![\d+])(?:\d[ -]?){12,18}\d(?!\d)", re.ASCII)
_SCHEME = re.compile(
    r"4|5[1-5]|2(?:2[2-9]|[3-6]|7[01]|720)|3[47]|3(?:0[0-5]|[689])|6(?:011|4[4-9]|5)|35(?:2[89]|[3-8])|62"
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Z0-9])", re.ASCII)
_SSN = re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])", re.ASCII)
_PERHAPS = re.compile(r"[0-9](?:[0-9 -]{7}|[0-9] ?[A-Z]{4})")
_SHOWN = 4


class Kind(StrEnum):
    """What a number is."""

    CARD = "card"
    IBAN = "iban"
    SSN = "ssn"


NAMES: Mapping[Kind, str] = {
    Kind.CARD: "a card number",
    Kind.IBAN: "an IBAN",
    Kind.SSN: "a social security number",
}
"""As a sentence names them."""


@dataclass(frozen=True, slots=True)
class Found:
    """One such number: where it begins and ends in the text, from 0."""

    kind: Kind
    start: int
    end: int


def find_personal_data(text: str) -> list[Found]:
    """All such numbers of a text in their order. Most texts have nothing like them, which one quick look tells."""
    if not _PERHAPS.search(text):
        return []
    found: list[Found] = []
    for kind, (pattern, is_one) in _KINDS.items():
        for match in pattern.finditer(text):
            end = is_one(match[0])
            if end and not any(one.start < match.end() and match.start() < one.end for one in found):
                found.append(Found(kind, match.start(), match.start() + end))
    return sorted(found, key=lambda one: one.start)


def mask_all(text: str, found: list[Found]) -> str:
    """The text with the digits and letters of these numbers masked, but for each one's last four."""
    for one in found:
        text = text[: one.start] + _masked(text[one.start : one.end]) + text[one.end :]
    return text


def mask_cards(text: str) -> str:
    """The text with its card numbers masked: what is kept of what people write."""
    return mask_all(text, [one for one in find_personal_data(text) if one.kind is Kind.CARD])


def _masked(number: str) -> str:
    left = sum(character.isalnum() for character in number) - _SHOWN
    return "".join(_dots(number, left))


def _dots(number: str, left: int) -> Iterator[str]:
    for character in number:
        if character.isalnum() and left > 0:
            left -= 1
            yield "*"
        else:
            yield character


def _card(written: str) -> int:
    digits = [int(character) for character in written if character.isdigit()]
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(digits[::-1])]
    fits = sum(doubled) % 10 == 0 and _SCHEME.match("".join(map(str, digits))) is not None
    return len(written) if fits and len(set(digits)) > 1 else 0


def _iban(written: str) -> int:
    """Its length, also where words in capitals follow it; 0 when no beginning of it is one."""
    for end in range(len(written), 14, -1):
        plain = written[:end].replace(" ", "")
        if not written[end - 1].isspace() and len(plain) >= 15 and _checks(plain):
            return end
    return 0


def _checks(plain: str) -> bool:
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


def _always(written: str) -> int:
    return len(written)


_KINDS: Mapping[Kind, tuple[re.Pattern[str], Callable[[str], int]]] = {
    Kind.IBAN: (_IBAN, _iban),
    Kind.CARD: (_CARD, _card),
    Kind.SSN: (_SSN, _always),
}
"""An IBAN first: the digits in it could fit a card by chance."""
