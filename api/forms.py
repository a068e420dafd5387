"""Reads the form that Twilio posts, strictly: what cannot be read exactly is refused, not guessed."""

import re
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request, status

LARGEST_BODY = 64 * 1024
MOST_FIELDS = 300
FORM = "application/x-www-form-urlencoded"
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


class MalformedError(HTTPException):
    """400 with one sentence about what is wrong with the request."""

    def __init__(self, sentence: str) -> None:
        super().__init__(status.HTTP_400_BAD_REQUEST, sentence)


async def read_form(request: Request) -> list[tuple[str, str]]:
    """The names and values in the order received, blank ones kept.

    Raises `MalformedError` for another content type, a body above 64 KiB or 300 fields, broken percent-encoding
    and bytes that are not UTF-8.
    """
    declared = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if declared != FORM:
        raise MalformedError(f"The body must be {FORM}; this one says it is something else.")
    return parse_form(await _body(request))


def parse_form(body: bytes) -> list[tuple[str, str]]:
    """`read_form` for a body in hand."""
    try:
        text = body.decode()
        if _BROKEN_PERCENT.search(text):
            raise MalformedError("The form has a % that is not followed by two hexadecimal digits.")
        return parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except UnicodeDecodeError:
        raise MalformedError("The form is not UTF-8.") from None
    except ValueError:
        raise MalformedError(
            f"The form cannot be read: it needs name=value pairs joined by &, at most {MOST_FIELDS}."
        ) from None


def storable(text: str) -> str:
    """The text as PostgreSQL can keep it: it has no place for the character NUL."""
    return text.replace("\x00", "\ufffd")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise MalformedError(f"The body is larger than {LARGEST_BODY // 1024} KiB.")
    return bytes(body)
