"""Asks another system for the values of a reply: one GET, JSON, within seconds; whatever goes wrong gives None.

With a secret the request is signed: `Tidings-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<url>">`.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from messaging.public_hosts import public_connector
from messaging.settings import is_loopback

SECONDS = 3.0
"""Twilio waits 15 seconds for the whole answer (twilio.com/docs/usage/webhooks/webhooks-connection-overrides)."""

LARGEST = 64 * 1024
LONGEST_VALUE = 500

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """An address to GET, and which values (name → dotted place) are taken from its JSON object."""

    url: str
    values: Mapping[str, str]
    secret: str | None = None


async def look_up(question: Question, *, seconds: float = SECONDS) -> Mapping[str, str] | None:
    """Every value that was asked for, as text; None when one is missing, or the answer is late, large or no JSON.

    No redirect is followed. An address on this machine must have been allowed when the rule was read; every other
    must lead to a public host.
    """
    connector = TCPConnector() if is_loopback(question.url) else public_connector()
    try:
        async with (
            ClientSession(connector=connector, timeout=ClientTimeout(total=seconds)) as session,
            session.get(question.url, headers=_headers(question), allow_redirects=False) as response,
        ):
            if response.status != 200:
                return _failed(f"status {response.status}")
            body = await response.content.read(LARGEST + 1)
            while len(body) <= LARGEST and (more := await response.content.read(LARGEST + 1 - len(body))):
                body += more
    except (ClientError, TimeoutError, OSError, ValueError) as error:
        return _failed(type(error).__name__)
    return _failed("too large") if len(body) > LARGEST else values_in(body, question.values)


def values_in(body: bytes, places: Mapping[str, str]) -> Mapping[str, str] | None:
    """The values at the places of a JSON object ("order.items.0.name"); None unless each is a text or number."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return _failed("no JSON")
    found = {name: _at(document, place) for name, place in places.items()}
    missing = [name for name, value in found.items() if isinstance(value, (dict, list)) or value is None]
    if missing:
        return _failed(f"no {missing[0]}")
    return {name: _as_text(value)[:LONGEST_VALUE] for name, value in found.items()}


def _at(document: Any, place: str) -> Any:
    for step in place.split("."):
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _headers(question: Question) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": "Tidings"}
    if question.secret is not None:
        moment = int(time.time())
        signed = hmac.new(question.secret.encode(), f"{moment}.{question.url}".encode(), hashlib.sha256)
        headers["Tidings-Signature"] = f"t={moment},v1={signed.hexdigest()}"
    return headers


def _failed(reason: str) -> Mapping[str, str] | None:
    """The answer of a look-up that gave none."""
    log.warning("look-up failed", reason=reason)
    return None
