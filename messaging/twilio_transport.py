"""The HTTP client that Twilio's SDK sends through: our time limits, no retries, a last look before each request.

The SDK's own asynchronous client ignores its time limit, may retry a POST, and loses the response's headers
(`AsyncHttpClient` is its documented extension point: twilio.com/docs/libraries/python/custom-http-clients).
"""

import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from aiohttp import ClientRequest, ClientSession, ClientTimeout, TCPConnector, encode_basic_auth
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from messaging.settings import TWILIO_LIVE_URL, Settings

CONNECT_SECONDS = 5.0
KEEP_ALIVE_SECONDS = 10.0
"""Shorter than servers keep an idle connection, so that a request seldom meets one that is just being closed."""


class HeldBack(Exception):
    """The gate refused the request after a connection was found and before a byte was sent."""


async def always_open() -> bool:
    """A gate that lets everything through."""
    return True


@dataclass(slots=True)
class Exchange:
    """What is known of one request: whether bytes may have left, and what came back."""

    gate: Callable[[], Awaitable[bool]] = always_open
    begun: bool = False
    http_status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


current_exchange: ContextVar[Exchange] = ContextVar("current_exchange")


class GatedConnector(TCPConnector):
    """Asks the exchange's gate once a connection is in hand; a refusal gives the connection back unused."""

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 (aiohttp's signature)
    ) -> Connection:
        """See `aiohttp.BaseConnector.connect`. Raises `HeldBack` when the gate says no."""
        connection = await super().connect(req, traces, timeout)
        exchange = current_exchange.get()
        try:
            allowed = await exchange.gate()
        except BaseException:
            connection.release()
            raise
        if not allowed:
            connection.release()
            raise HeldBack
        exchange.begun = True
        return connection


class TwilioTransport(AsyncHttpClient):  # type: ignore[misc]  # the SDK has no types
    """One pool of connections to Twilio, or to a server that stands in for it, for one event loop."""

    def __init__(self, *, base_url: str, total_seconds: float, in_flight: int) -> None:
        super().__init__(logging.getLogger(__name__), is_async=True)
        self.base_url = base_url
        connector = GatedConnector(limit=in_flight, keepalive_timeout=KEEP_ALIVE_SECONDS)
        timeout = ClientTimeout(total=total_seconds, connect=CONNECT_SECONDS)
        self._session = ClientSession(connector=connector, timeout=timeout)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The pool that the settings describe; no connection is made before the first request."""
        return cls(
            base_url=settings.twilio_api_base_url,
            total_seconds=settings.tidings_request_seconds,
            in_flight=settings.tidings_in_flight,
        )

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 (one limit for all, set in the constructor)
        allow_redirects: bool = False,  # noqa: FBT001, FBT002 (the SDK's signature)
    ) -> Response:
        """Sends one request and notes what is known of it in the current exchange.

        Raises `HeldBack`, and aiohttp's errors: before `begun` nothing was sent, after it anything may have been.
        """
        credentials = {"Authorization": encode_basic_auth(*auth)} if auth else {}
        options: dict[str, Any] = {
            "params": params,
            "data": urlencode(data, doseq=True).encode("ascii") if data else None,  # cheaper than as a form
            "headers": {**(headers or {}), **credentials},
            "allow_redirects": allow_redirects,
        }
        exchange = current_exchange.get()
        address = self.base_url + url.removeprefix(TWILIO_LIVE_URL)
        async with self._session.request(method, address, **options) as response:
            exchange.http_status = response.status
            exchange.headers = {name.lower(): value for name, value in response.headers.items()}
            return Response(response.status, await response.text(), response.headers)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
