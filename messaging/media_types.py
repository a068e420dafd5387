"""What kind of file some bytes are, whatever they were declared as; only kinds that people send are known here.

Types that Twilio passes on: https://www.twilio.com/docs/messaging/guides/accepted-mime-types
"""

import puremagic

EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heif": ".heic",
    "image/bmp": ".bmp",
    "image/tiff": ".tiff",
    "audio/mpeg": ".mp3",
    "audio/amr": ".amr",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/aac": ".aac",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "application/pdf": ".pdf",
    "text/vcard": ".vcf",
    "text/calendar": ".ics",
    "text/plain": ".txt",
}
"""Every type that may be stored, with the ending of its files."""

HEAD = 4096
"""Bytes from a file's beginning that are enough to know it by."""

_ALIASES = {
    "application/ogg": "audio/ogg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "image/heic": "image/heif",
    "text/x-vcard": "text/vcard",
    "text/directory": "text/vcard",
}
_BY_ENDING = {
    ".mp3": "audio/mpeg",
    ".amr": "audio/amr",
    ".aac": "audio/aac",
}  # kinds that puremagic names no type for
_TEXTS = frozenset({"text/plain", "text/calendar", "text/vcard"})


def type_of(head: bytes, *, declared: str) -> str | None:
    """The type of a file by its first `HEAD` bytes, None for one that may not be stored.

    Plain text has no marks of its own: it is what it was declared as, if that is a text.
    """
    seen = _seen(head)
    if seen is None and _is_text(head):
        claimed = _plain(declared)
        return claimed if claimed in _TEXTS else None
    return seen if seen in EXTENSIONS else None


def _seen(head: bytes) -> str | None:
    try:
        mime = puremagic.from_string(head, mime=True)
        return _plain(mime) if mime else _BY_ENDING.get(puremagic.from_string(head))
    except (puremagic.PureError, ValueError):
        return None


def _plain(declared: str) -> str:
    mime = declared.partition(";")[0].strip().lower()
    return _ALIASES.get(mime, mime)


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # a character may be cut in two at the end
            return False
        text = head[: error.start].decode()
    return all(character.isprintable() or character.isspace() for character in text)
