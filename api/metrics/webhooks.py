"""How long webhooks take and how they end, measured around everything else that the API does for them."""

from time import perf_counter

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.registry import REGISTRY
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from messaging.callbacks import INBOUND_PATH, STATUS_PATH

_ROUTES = {STATUS_PATH: "status", INBOUND_PATH: "inbound"}
_OUTCOMES = {403: "not_signed", 503: "not_stored"}
_BUCKETS = (0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5)


def webhook_seconds(registry: CollectorRegistry = REGISTRY) -> Histogram:
    """From the request's first byte here until its answer, by route, status class and outcome."""
    return Histogram(
        "tidings_webhook_seconds",
        "How long Twilio's webhooks took, by where they went and how they ended.",
        ("route", "status", "outcome"),
        registry=registry,
        buckets=_BUCKETS,
    )


class MeasureWebhooks:
    """ASGI middleware; costs a webhook some 5 µs, and any other request nothing."""

    def __init__(self, app: ASGIApp, *, seconds: Histogram) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on and notes its answer; one that is broken off before any counts as an error."""
        route = _ROUTES.get(scope["path"]) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        status = 500

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began = perf_counter()
        try:
            await self._app(scope, receive, send_noted)
        finally:
            self._seconds.labels(route, f"{status // 100}xx", outcome(status)).observe(perf_counter() - began)


def outcome(status: int) -> str:
    """What an HTTP status says of a webhook: stored, not_signed, malformed, not_stored or error."""
    if status < 300:
        return "stored"
    return _OUTCOMES.get(status, "malformed" if status < 500 else "error")
