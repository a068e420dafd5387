"""Reads what Twilio posts, a form or JSON, strictly: what cannot be read exactly is refused, not guessed."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request

from api.json_bodies import JSON, parse_json
from api.malformed import MalformedError

LARGEST_BODY = 64 * 1024
MOST_FIELDS = 300
LONGEST_NAME = 256
LONGEST_VALUE = 32 * 1024
FORM = "application/x-www-form-urlencoded"
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Received:
    """Names and values in the order received, blank ones kept; `body` is their JSON, None for a form."""

    pairs: list[tuple[str, str]]
    body: bytes | None = None


async def read_body(request: Request) -> Received:
    """What was posted.

    Raises `MalformedError` for another content type, a body above 64 KiB or 300 fields, a field above 32 KiB,
    broken percent-encoding or JSON, and bytes that are not UTF-8.
    """
    declared = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if declared not in (FORM, JSON):
        raise MalformedError(f"The body must be {FORM} or {JSON}; this one says it is something else.")
    body = await _body(request)
    if declared == JSON:
        return Received(_short(parse_json(body, most_fields=MOST_FIELDS)), body)
    return Received(_short(parse_form(body)))


def parse_form(body: bytes) -> list[tuple[str, str]]:
    """The pairs of a form; raises `MalformedError` as `read_body` does."""
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


def _short(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if any(len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE for name, value in pairs):
        raise MalformedError(
            f"A field's name is longer than {LONGEST_NAME} characters, or its value than {LONGEST_VALUE:,}."
        )
    return pairs


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
