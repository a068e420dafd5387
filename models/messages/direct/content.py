"""The words and media of a direct message: what they take, and why they cannot be sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from messaging import segments
from messaging.errors import TidingsError
from messaging.segments import MAX_CHARACTERS, BodyTooLong
from models.messages.tables import SkipReason

SMS = "sms"


class BodyRefused(TidingsError):
    """A body that is no text: it could neither be kept nor sent."""


@dataclass(frozen=True, slots=True)
class Content:
    """Encoding and SMS segments (what the sender's rate counts), or (`refusal`) why there is nothing to send."""

    encoding: str | None
    segments: int | None
    refusal: SkipReason | None = None


def check_words(body: str) -> None:
    """Raises `BodyRefused` for a NUL or half of a surrogate pair, which JSON can hold and UTF-8 text cannot."""
    if "\0" in body or any("\ud800" <= character <= "\udfff" for character in body):
        raise BodyRefused("The body has a character that is no text (NUL or half of a pair); take it out.")


def measure(body: str, media: Sequence[str], *, channel: str) -> Content:
    """What a message takes. One with media, or to WhatsApp, is not cut into parts: it counts as one segment."""
    if not body.strip() and not media:
        return Content(None, None, SkipReason.EMPTY_BODY)
    if len(body) > MAX_CHARACTERS:
        return Content(None, None, SkipReason.BODY_TOO_LONG)
    if media or channel != SMS:
        return Content(segments.count(body).encoding, 1)
    try:
        counted = segments.check(body)
    except BodyTooLong:
        return Content(None, None, SkipReason.BODY_TOO_LONG)
    return Content(counted.encoding, counted.segments)
