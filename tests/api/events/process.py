"""An API process of a test's own, that may be killed, and clients with keys of it."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from models.api_keys.keeping import create_key
from models.api_keys.scopes import Scope
from models.columns import utc_now
from tests.api.server import environment


@dataclass
class ApiProcess:
    """The API on a port that stays the same when it is started again."""

    database_url: str
    port: int
    more: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        command = ("-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(self.port), "--no-access-log")
        env = {**environment(self.database_url), "TIDINGS_ALLOW_PRIVATE_WEBHOOKS": "true", **self.more}
        self.process = await asyncio.create_subprocess_exec(sys.executable, *command, env=env)
        async with asyncio.timeout(30), httpx.AsyncClient() as client:
            while True:
                with suppress(httpx.TransportError):
                    if (await client.get(f"{self.url}/readyz")).is_success:
                        return
                await asyncio.sleep(0.05)

    async def end(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Ends it; returns how many seconds that took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(how)
        await asyncio.wait_for(self.process.wait(), 20)
        self.process = None
        return time.monotonic() - began


@asynccontextmanager
async def api_process(database_url: str, **more: str) -> AsyncIterator[ApiProcess]:
    """A running one, ended at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    api = ApiProcess(database_url, port, {**more, "PATH": os.environ["PATH"]})
    await api.start()
    try:
        yield api
    finally:
        if api.process is not None:
            await api.end()


async def key_for(engine: AsyncEngine, organization_id: UUID, *scopes: Scope) -> dict[str, str]:
    """Headers with a new key of the organization."""
    async with engine.begin() as connection:
        secret = await create_key(
            connection, organization_id=organization_id, scopes=frozenset(scopes or (Scope.ADMIN,)), now=utc_now()
        )
    return {"Authorization": f"Bearer {secret.text}"}
