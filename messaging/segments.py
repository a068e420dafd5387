"""How many SMS segments a body takes, exactly as Twilio's calculator (sms-segments-calculator 1.3.0) counts.

GSM-7 has 160 septets alone and 153 a part; one character outside it makes the whole text UCS-2, 70 units of
16 bits alone and 67 a part. See https://www.twilio.com/docs/glossary/what-sms-character-limit.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal, NamedTuple

from messaging import graphemes
from messaging.errors import TidingsError

MAX_CHARACTERS: Final = 1_600
MAX_SEGMENTS: Final = 10

_TABLE: dict[str, list[int]] = json.loads(
    (Path(__file__).parent / "data" / "unicode_to_gsm.json").read_text(encoding="ascii")
)
_EXTENDED = "".join(chr(int(point)) for point, septets in _TABLE.items() if len(septets) == 2)
_GSM_ONLY = re.compile("[" + re.escape("".join(chr(int(point)) for point in _TABLE)) + "]*")
_EXTENDED_ONES = re.compile("[" + re.escape(_EXTENDED) + "]")


class SegmentCount(NamedTuple):
    """`units` are septets (GSM-7, extended characters take two) or 16-bit units (UCS-2)."""

    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    units: int


class BodyTooLong(TidingsError):
    """A body that Twilio would refuse (21617) or that takes more segments than Tidings allows."""


def count(body: str) -> SegmentCount:
    """Encoding, segments (an empty body is one) and units of a body."""
    if _GSM_ONLY.fullmatch(body) is None:
        return _count_ucs2(body)
    extended = len(_EXTENDED_ONES.findall(body))
    units = len(body) + extended
    if units <= 160:
        return SegmentCount("GSM-7", 1, units)
    if not extended:
        return SegmentCount("GSM-7", -(-units // 153), units)
    sizes = (2 if character in _EXTENDED else 1 for character in body)
    return SegmentCount("GSM-7", _packed(sizes, alone=160, part=153), units)


def check(body: str) -> SegmentCount:
    """The count of a body that may be sent.

    Raises `BodyTooLong` above 1,600 characters (Twilio's limit) or 10 segments, naming figure and limit.
    """
    if len(body) > MAX_CHARACTERS:
        raise BodyTooLong(
            f"The body has {len(body):,} characters and Twilio takes {MAX_CHARACTERS:,} at most; shorten it."
        )
    counted = count(body)
    if counted.segments > MAX_SEGMENTS:
        raise BodyTooLong(
            f"The body takes {counted.segments} segments ({counted.encoding}) and {MAX_SEGMENTS} is the limit; "
            "shorten it."
        )
    return counted


def _count_ucs2(body: str) -> SegmentCount:
    units = _units(body)
    if units <= 70:
        return SegmentCount("UCS-2", 1, units)
    characters = graphemes.split(body)
    if len(characters) == units:
        return SegmentCount("UCS-2", -(-units // 67), units)
    return SegmentCount("UCS-2", _packed(map(_units, characters), alone=70, part=67), units)


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _packed(sizes: Iterable[int], *, alone: int, part: int) -> int:
    """Parts needed for a text that does not fit alone, when no character may be split.

    Twilio's calculator fills the first part as if it were alone, then moves what no longer fits beside the
    header of a multi-part message into the second, in front of the character that did not fit.
    """
    ahead: list[int] = []
    used, overflow = 0, 0
    remaining = iter(sizes)
    for overflow in remaining:
        if used + overflow > alone:
            break
        ahead.append(overflow)
        used += overflow
    moved = 0
    while used - moved > part:
        moved += ahead.pop()
    parts, used = 2, moved + overflow
    for size in remaining:
        parts, used = (parts, used + size) if used + size <= part else (parts + 1, size)
    return parts
