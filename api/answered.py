"""Calls that were answered 2xx lately: Twilio's retry of the very same call gets the same answer without any work.

Twilio names a call and its retries by `I-Twilio-Idempotency-Token`. That header is not signed, so it counts only
together with the signature. Whatever is forgotten or has another token is caught where webhooks are stored.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from starlette.requests import Request

HEADER = "i-twilio-idempotency-token"
_LONGEST_TOKEN = 256
_MOST = 4_096

Key = tuple[str, bytes, str, str]


@dataclass(slots=True)
class Answered:
    """The last some thousand answers, by path, query, token and signature of the call."""

    most: int = _MOST
    _answers: OrderedDict[Key, str] = field(default_factory=OrderedDict)

    def find(self, request: Request) -> str | None:
        """The body that the same call was answered with. Ask only once the signature is verified."""
        key = _key(request)
        return self._answers.get(key) if key is not None else None

    def note(self, request: Request, answer: str) -> None:
        """Remembers an answer to a call; to be called once what it promises is committed."""
        key = _key(request)
        if key is None:
            return
        self._answers[key] = answer
        if len(self._answers) > self.most:
            self._answers.popitem(last=False)


def _key(request: Request) -> Key | None:
    token = request.headers.get(HEADER, "")
    if not token or len(token) > _LONGEST_TOKEN:
        return None
    signature = request.headers.get("x-twilio-signature", "")
    return (request.scope["path"], request.scope["query_string"], token, signature)
