"""A TCP proxy before PostgreSQL that can refuse, fall silent, and come back: a database that is down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Proxy:
    """Forwards connections to the database at `host`:`port`."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._streams: set[asyncio.StreamWriter] = set()
        self._speaking = asyncio.Event()
        self._speaking.set()
        self.port = 0

    async def up(self) -> None:
        """Listens, on the same port as before, and forwards."""
        self._speaking.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Cuts every connection and refuses new ones."""
        assert self._server is not None
        self._server.close()
        self._server = None
        self._speaking.set()
        for stream in list(self._streams):
            stream.transport.abort()
        await asyncio.sleep(0.05)

    def silent(self) -> None:
        """Keeps every connection, and accepts new ones, but lets nothing through."""
        self._speaking.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._target)
        self._streams |= {writer, back}
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        self._streams -= {writer, back}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                await self._speaking.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def proxy_to(host: str, port: int) -> AsyncIterator[Proxy]:
    """A proxy that is up, taken down at the end."""
    proxy = Proxy(host, port)
    await proxy.up()
    try:
        yield proxy
    finally:
        await proxy.up()
        await proxy.down()
