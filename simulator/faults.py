"""Ways in which a create request goes wrong on the wire, before or after the message was accepted."""

import asyncio
import socket
import struct
import time

from aiohttp import web

from simulator.errors import TwilioError

BEFORE = frozenset({"too_many_requests", "error_before", "reset_before", "timeout_before"})
_NO_LINGER = struct.pack("ii", 1, 0)


class NoAnswer(Exception):
    """The connection was cut on purpose; there is nothing left to answer."""


async def go_wrong(fault: str, request: web.Request, *, body: bytes, hold: float) -> web.Response:
    """Answers a request wrongly; `body` is the right answer's, empty before acceptance.

    Raises `TwilioError` for an error answer and `NoAnswer` when the connection was cut.
    """
    if fault == "too_many_requests":
        raise TwilioError(20429)
    if fault in ("error_before", "error_after"):
        raise TwilioError(20500)
    if fault in ("malformed", "no_sid"):
        text = b"<html><body>201 Created</body></html>" if fault == "malformed" else b'{"status": "accepted"}'
        return web.Response(body=text, status=201, content_type="application/json")
    if fault == "truncated":
        await _send_half(request, body)
    elif fault in ("timeout_before", "timeout_after"):
        await _hold(request, hold)
    cut(request)
    raise NoAnswer


async def _hold(request: web.Request, seconds: float) -> None:
    """Says nothing until the time is over or the client has gone."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and request.transport is not None:  # noqa: ASYNC110  # aiohttp tells by this only
        await asyncio.sleep(min(0.05, seconds))


async def _send_half(request: web.Request, body: bytes) -> None:
    response = web.StreamResponse(status=201, headers={"Content-Type": "application/json"})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])


def cut(request: web.Request) -> None:
    """Resets the request's connection: the client sees ECONNRESET, not an orderly end."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()
