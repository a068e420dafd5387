"""A span for each webhook and each request to the JSON API, where traces are wanted."""

from fastapi.telemetry import TelemetryConfig
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.v1.paths import V1, is_api
from messaging.callbacks import INBOUND_PATH, STATUS_PATH, traceparent_in
from messaging.tracing.spans import Kind, is_traced, span

OFF = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)
"""FastAPI's own telemetry would tell the query of an address, and the words of an error."""

_WEBHOOKS = (STATUS_PATH, INBOUND_PATH)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class TraceRequests:
    """ASGI middleware; a span is named by the route: an address may hold what a trace must not.

    A status continues the trace of its message, which our callback URL names; other requests that of their
    header `traceparent` (W3C Trace Context).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on; one that is broken off before any answer counts as an error."""
        if not is_traced() or scope["type"] != "http" or not _is_told(scope["path"]):
            await self._app(scope, receive, send)
            return
        status = 500

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with span("request", kind=Kind.SERVER, parent=_parent(scope)) as request:
            try:
                await self._app(scope, receive, send_noted)
            finally:
                request.answer(method=_method(scope), route=_route(scope), status=status)
                caller = scope.get("state", {}).get("caller")
                request.note(organization_id=getattr(caller, "organization_id", None))


def _is_told(path: str) -> bool:
    return path in _WEBHOOKS or is_api(path)


def _parent(scope: Scope) -> str | None:
    if scope["path"] in _WEBHOOKS:
        return traceparent_in(scope["query_string"].decode("latin-1"))
    return Headers(scope=scope).get("traceparent")


def _route(scope: Scope) -> str:
    if scope["path"] in _WEBHOOKS:
        return str(scope["path"])
    return V1 + getattr(scope.get("route"), "path", "")


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "_OTHER"
