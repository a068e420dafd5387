"""What every request below `/api` must pass first: a key, its budget of requests, a body of fitting size and type.

Nothing below `/api` answers anyone without a key, not even that an address does not exist.
"""

from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.database_faults import NotStoredError, in_transaction, within
from api.v1.admission import Admitted, admit
from api.v1.body_limit import limited, require_json
from api.v1.paths import is_api
from api.v1.problems import Kind, ProblemError

_PATIENCE = 2.0
_LATER = {"Retry-After": "5"}


class Guard:
    """ASGI middleware; what is not below `/api` passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands an admitted request on, with its caller in `request.state.caller`; answers any other itself."""
        if scope["type"] != "http" or not is_api(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        headers: dict[str, str] = {"Cache-Control": "no-store"}
        try:
            admitted = await _admitted(request)
            headers |= admitted.allowance_headers
            scope.setdefault("state", {})["caller"] = admitted.require_allowance()
            require_json(request)
        except ProblemError as problem:
            await problem.to_response()(scope, receive, _with_headers(send, headers))
            return
        await self._app(scope, limited(request, receive), _with_headers(send, headers))


async def _admitted(request: Request) -> Admitted:
    try:
        return await within(
            _PATIENCE, in_transaction(request.app.state.api_engine, lambda connection: admit(connection, request))
        )
    except (NotStoredError, SQLAlchemyError):
        raise ProblemError(Kind.UNAVAILABLE, "The database does not answer.", headers=_LATER) from None


def _with_headers(send: Send, headers: dict[str, str]) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            found = MutableHeaders(scope=message)
            for name, value in headers.items():
                found.setdefault(name, value)
        await send(message)

    return send_with_headers
