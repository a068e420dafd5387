"""How much body a request may have, and of what type; counted while it comes in, so that no more is ever held."""

from fastapi import HTTPException, Request
from starlette.types import Message, Receive

from api.v1.paths import LARGER_BODIES, LARGEST_BODY
from api.v1.problems import Kind, ProblemError

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def require_json(request: Request) -> None:
    """Raises `ProblemError`: 413 for a body declared too large, 415 for one that is not declared as JSON."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > _most(request):
        raise ProblemError(Kind.TOO_LARGE, _sentence(_most(request)))
    has_body = declared not in ("", "0") or "transfer-encoding" in request.headers
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method in _WITH_BODY and has_body and kind != "application/json":
        raise ProblemError(Kind.NOT_JSON, "Send the body as JSON, with the header Content-Type: application/json.")


def limited(request: Request, receive: Receive) -> Receive:
    """`receive` that raises `HTTPException` (413), which FastAPI lets pass, as soon as too much has come in."""
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > _most(request):
            raise HTTPException(Kind.TOO_LARGE.status, _sentence(_most(request)))
        return message

    return receive_limited


def _most(request: Request) -> int:
    return LARGER_BODIES.get(request.url.path, LARGEST_BODY)


def _sentence(most: int) -> str:
    return f"The body is larger than {most // 1024:,} KiB, the most that is taken here."
