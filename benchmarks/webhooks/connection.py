"""One HTTP connection that is kept open and asked one thing at a time; as little work as Python allows."""

import asyncio
from typing import Self, cast

import httptools

LOST = 0
"""Stands for the status of a request whose connection was refused or cut."""


class Connection(asyncio.Protocol):
    """Opened by `Connection.to`; `ask` returns the status of the answer, or `LOST`."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[int] | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self.is_open = False

    @classmethod
    async def to(cls, port: int) -> Self:
        """A connection to this machine. Raises `OSError` when it is refused."""
        _, protocol = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return protocol

    async def ask(self, request: bytes, *, within: float) -> int:
        """Sends a request and waits for its answer, these seconds at most; one too late counts as lost."""
        self._answer = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)
        try:
            async with asyncio.timeout(within):
                return await self._answer
        except TimeoutError:
            self.close()
            return LOST

    def close(self) -> None:
        """Closes it."""
        self.is_open = False
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's word that it is open."""
        self._transport = cast("asyncio.Transport", transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """asyncio's word that something came in."""
        if self._parser is not None:
            self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """httptools' word that an answer is whole."""
        assert self._parser is not None  # noqa: S101  # it is what calls this
        if not self._parser.should_keep_alive():
            self.close()
        self._finish(self._parser.get_status_code())

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 (asyncio gives it)
        """asyncio's word that it is closed."""
        self.is_open = False
        self._finish(LOST)

    def _finish(self, status: int) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(status)
