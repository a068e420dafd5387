"""The bare server that every contestant sends to: answers as Twilio does after 30 ms, and counts by recipient.

`python -m benchmarks.send.server` prints its port. It does as little as it can, so that it is never what limits.
"""

import asyncio
import json
import sys
from collections import Counter
from email.utils import formatdate
from typing import cast
from urllib.parse import parse_qs, urlsplit

import httptools
import uvloop

ANSWER_SECONDS = 0.030


class Log:
    """What was asked for so far, by recipient, and the messages that were made."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.number = 0
        self.made: dict[str, list[dict[str, str | None]]] = {}

    def create(self, form: dict[str, list[str]]) -> dict[str, str | None]:
        to = form["To"][0]
        self.requests[to] += 1
        self.number += 1
        message = {
            "sid": f"SM{self.number:032x}",
            "status": "accepted",
            "to": to,
            "body": form["Body"][0],
            "direction": "outbound-api",
            "messaging_service_sid": form["MessagingServiceSid"][0],
            "date_created": formatdate(usegmt=False),
            "error_code": None,
        }
        self.made.setdefault(to, []).append(message)
        return message

    def summary(self) -> dict[str, int]:
        return {
            "requests": self.requests.total(),
            "people": len(self.requests),
            "doubled": sum(count > 1 for count in self.requests.values()),
        }


class Connection(asyncio.Protocol):
    """One client's connection: requests one after the other, each answered later without waiting for it here."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._url, self._body = url, b""

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        method = self._parser.get_method()
        path = urlsplit(self._url.decode()).path
        if path == "/log":
            return self._answer(200, self._log.summary())
        if path == "/reset":
            self._log.requests.clear()
            self._log.made.clear()
            return self._answer(200, {})
        if method == b"POST":
            made = self._log.create(parse_qs(self._body.decode()))
            asyncio.get_running_loop().call_later(ANSWER_SECONDS, self._answer, 201, made)
            return None
        to = parse_qs(urlsplit(self._url.decode()).query).get("To", [""])[0]
        return self._answer(200, {"messages": self._log.made.get(to, [])[::-1], "next_page_uri": None})

    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


async def serve() -> None:
    """Serves on a free port until the process ends."""
    log = Log()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(log), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
