"""(a) A bare loop over the asynchronous SDK: nothing is recorded, nothing checked."""

import asyncio
import sys
from typing import Any

from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from benchmarks.send.order import TWILIO_URL, Order, timed


class _Aimed(AsyncTwilioHttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's own client, sending to the bare server."""

    def __init__(self, server: str) -> None:
        super().__init__()
        self._server = server

    async def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Response:
        return await super().request(method, url.replace(TWILIO_URL, self._server), *arguments, **options)


async def send(order: Order) -> None:
    """Sends to each number, `in_flight` at a time."""
    numbers = order.numbers()
    async with _Aimed(order.server) as transport:
        client = Client(order.account_sid, "token", http_client=transport)

        async def worker() -> None:
            for to in numbers:
                await client.messages.create_async(to=to, messaging_service_sid=order.service_sid, body=order.body)

        with timed():
            await asyncio.gather(*(worker() for _ in range(order.in_flight)))


if __name__ == "__main__":
    asyncio.run(send(Order.from_words(sys.argv[1:])))
