"""(b) A thread pool over the default, synchronous SDK."""

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from benchmarks.send.order import TWILIO_URL, Order, timed


class Aimed(TwilioHttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's own client, sending to the bare server."""

    def __init__(self, server: str) -> None:
        super().__init__()
        self._server = server

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Response:
        return super().request(method, url.replace(TWILIO_URL, self._server), *arguments, **options)


def send(order: Order) -> None:
    """Sends to each number, from `in_flight` threads."""
    client = Client(order.account_sid, "token", http_client=Aimed(order.server))

    def send_one(to: str) -> None:
        client.messages.create(to=to, messaging_service_sid=order.service_sid, body=order.body)

    with timed(), ThreadPoolExecutor(order.in_flight) as pool:
        for _ in pool.map(send_one, order.numbers()):
            pass


if __name__ == "__main__":
    send(Order.from_words(sys.argv[1:]))
