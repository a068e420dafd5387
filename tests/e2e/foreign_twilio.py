"""A server that speaks Twilio's Messages API and was written apart from the simulator, from Twilio's pages alone.

It knows an API key only, forgets to answer, answers late, and answers 500 though it took the message. What it
lists has no `date_sent` until it was sent. So there is a second witness that the promises lean on no simulator.
"""

import base64
import hashlib
import hmac
import json
import random
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ACCOUNT = "AC" + "4" * 32
TOKEN = "f" * 31 + "0"
KEY, KEY_SECRET = "SK" + "5" * 32, "k" * 32
SENT_AFTER = 2.0
LATE = 4.0

TAKEN_AND_SILENT, TAKEN_AND_LATE, TAKEN_AND_500, REFUSED_500, CUT, BUSY = range(6)
WEATHER = [TAKEN_AND_SILENT, TAKEN_AND_LATE, TAKEN_AND_500, REFUSED_500, CUT, BUSY]


class ForeignTwilio(ThreadingHTTPServer):
    """Takes messages; `badly` of all requests go wrong, in each of six ways alike."""

    daemon_threads = True

    def __init__(self, *, badly: float, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.messages: list[dict[str, Any]] = []
        self.fates: Counter[int | None] = Counter()
        self._badly = badly
        self._chance = random.Random(seed)  # noqa: S311 (weather, not secrets)
        self._lock = threading.Lock()
        self._callbacks: list[tuple[float, str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def fate(self) -> int | None:
        with self._lock:
            fate = self._chance.choice(WEATHER) if self._chance.random() < self._badly else None
            self.fates[fate] += 1
            return fate

    def take(self, form: dict[str, str]) -> dict[str, Any]:
        with self._lock:
            sid = f"SM{len(self.messages):08x}{self._chance.getrandbits(96):024x}"
            message = {"sid": sid, "to": form["To"], "body": form["Body"], "born": time.time()}
            message["service"] = form["MessagingServiceSid"]
            self.messages.append(message)
            for wait, status in ((SENT_AFTER, "sent"), (SENT_AFTER + 1, "delivered")):
                said = {"AccountSid": ACCOUNT, "MessageSid": sid, "MessageStatus": status, "To": form["To"]}
                self._callbacks.append((time.time() + wait, form["StatusCallback"], said))
        return message

    def sent_to(self) -> Counter[str]:
        with self._lock:
            return Counter(message["to"] for message in self.messages)

    def list_to(self, number: str) -> list[dict[str, Any]]:
        with self._lock:
            return [message for message in reversed(self.messages) if message["to"] == number]

    def call_back(self, over: threading.Event) -> None:
        """Posts what is due; three in ten callbacks get lost, so that lists have something to settle."""
        while not over.wait(0.05):
            with self._lock:
                due = [one for one in self._callbacks if one[0] <= time.time()]
                self._callbacks = [one for one in self._callbacks if one[0] > time.time()]
                heard = [one for one in due if self._chance.random() > 0.3]
            for _, url, form in heard:
                _post(url.partition("#")[0], form)


class _Answers(BaseHTTPRequestHandler):
    server: ForeignTwilio
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if not self._allowed():
            return
        form = dict(urllib.parse.parse_qsl(raw, keep_blank_values=True))
        fate = self.server.fate()
        if fate == CUT:
            self._hang_up()
        elif fate == BUSY:
            self._answer(429, {"code": 20429, "message": "Too Many Requests", "status": 429})
        elif fate == REFUSED_500:
            self._answer(500, {"code": 20500, "message": "Internal Server Error", "status": 500})
        else:
            self._took(self.server.take(form), fate)

    def _took(self, message: dict[str, Any], fate: int | None) -> None:
        if fate == TAKEN_AND_SILENT:
            self._hang_up()
            return
        if fate == TAKEN_AND_500:
            self._answer(500, {"code": 20500, "message": "Internal Server Error", "status": 500})
            return
        if fate == TAKEN_AND_LATE:
            time.sleep(LATE)
        self._answer(201, _shown(message))

    def do_GET(self) -> None:
        if not self._allowed():
            return
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        found = [_shown(message) for message in self.server.list_to(query["To"])]
        self._answer(200, {"messages": found, "page": 0, "page_size": 50, "next_page_uri": None, "uri": self.path})

    def _allowed(self) -> bool:
        key = base64.b64encode(f"{KEY}:{KEY_SECRET}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {key}" and f"/Accounts/{ACCOUNT}/Messages" in self.path:
            return True
        self._answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
        return False

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    age = time.time() - message["born"]
    return {
        "sid": message["sid"],
        "account_sid": ACCOUNT,
        "to": message["to"],
        "from": None if age < SENT_AFTER else "+12025550100",
        "messaging_service_sid": message["service"],
        "body": message["body"],
        "status": "accepted" if age < SENT_AFTER else "sent",
        "direction": "outbound-api",
        "date_created": formatdate(message["born"]),
        "date_updated": formatdate(message["born"]),
        "date_sent": None if age < SENT_AFTER else formatdate(message["born"] + SENT_AFTER),
        "error_code": None,
        "error_message": None,
        "num_media": "0",
        "num_segments": "0" if age < SENT_AFTER else "1",
        "price": None,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "subresource_uris": {},
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{message['sid']}.json",
    }


def _post(url: str, form: dict[str, str]) -> None:
    signed = url + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    request = urllib.request.Request(  # noqa: S310 (our own API on loopback)
        url, data=urllib.parse.urlencode(form).encode(), headers={"X-Twilio-Signature": signature}
    )
    try:
        urllib.request.urlopen(request, timeout=5).close()  # noqa: S310
    except (urllib.error.URLError, OSError):
        return  # as a callback that nobody took


@contextmanager
def foreign_twilio(*, badly: float, seed: int) -> Iterator[ForeignTwilio]:
    """The server, listening until the end."""
    with ForeignTwilio(badly=badly, seed=seed) as server:
        over = threading.Event()
        threads = [
            threading.Thread(target=server.serve_forever),
            threading.Thread(target=server.call_back, args=(over,)),
        ]
        for thread in threads:
            thread.start()
        try:
            yield server
        finally:
            over.set()
            server.shutdown()
            for thread in threads:
                thread.join()
