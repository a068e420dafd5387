"""Who a request is from, and whether its key has requests left.

The headers are those of https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/.
"""

from dataclasses import dataclass

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from api.v1.problems import Kind, ProblemError
from messaging.settings import Settings
from models.api_keys.budget import WINDOW, Allowance, take
from models.api_keys.callers import Caller, find_caller
from models.columns import utc_now

_HOW = "send it as `Authorization: Bearer tidings_…`; `tidings apikey create` makes one"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request with a good key, and what its budget said."""

    caller: Caller
    allowance: Allowance

    @property
    def allowance_headers(self) -> dict[str, str]:
        """What the client should know of its budget."""
        policy = f'"key";q={self.allowance.quota};w={WINDOW:g}'
        return {"RateLimit-Policy": policy, "RateLimit": f'"key";r={self.allowance.left};t={self.allowance.wait}'}

    def require_allowance(self) -> Caller:
        """The caller, or 429."""
        if self.allowance.granted:
            return self.caller
        wait = self.allowance.wait
        raise ProblemError(
            Kind.TOO_MANY,
            f"This key has used up its requests; the next is possible in {wait} s.",
            headers={"Retry-After": str(wait)},
        )


async def admit(connection: AsyncConnection, request: Request) -> Admitted:
    """Finds the request's key and takes one request from its budget. Raises `ProblemError` (401)."""
    settings: Settings = request.app.state.settings
    caller = await find_caller(connection, _bearer(request), now=utc_now())
    if caller is None:
        raise _unauthenticated(f"This key is not known, has expired or was revoked; {_HOW}.", "invalid_token")
    rate = caller.requests_per_second or settings.tidings_api_requests_per_second
    return Admitted(caller, await take(connection, caller.key_id, requests_per_second=rate))


def _bearer(request: Request) -> str:
    """RFC 6750, section 2.1; never taken from the address, which logs keep."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise _unauthenticated(f"An API key is needed: {_HOW}.")
    return key.strip()


def _unauthenticated(detail: str, error: str | None = None) -> ProblemError:
    challenge = 'Bearer realm="Tidings"' + (f', error="{error}"' if error else "")
    return ProblemError(Kind.UNAUTHENTICATED, detail, headers={"WWW-Authenticate": challenge})
