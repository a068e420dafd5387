"""The answer that never ends by itself: a client that does not read is cut off."""

import asyncio

from starlette.responses import StreamingResponse
from starlette.types import Message, Send

PATIENCE = 30.0
"""Seconds that a client may take to read what was sent; it may then come back for the rest."""


class LiveResponse(StreamingResponse):
    """A stream of server-sent events with a time limit on each sending."""

    media_type = "text/event-stream"

    async def stream_response(self, send: Send) -> None:
        """See `starlette.responses.StreamingResponse`."""

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(PATIENCE):
                await send(message)

        try:
            await super().stream_response(send_in_time)
        except TimeoutError:
            return
