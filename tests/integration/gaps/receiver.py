"""The API as a process of its own, on the simulator's account, to be killed and started again."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

import httpx

from tests.conftest import HASH_KEY, MARKETING_SERVICE, TRANSACTIONAL_SERVICE
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, until


@dataclass
class ReceiverProcess:
    """One API process at an address that stays the same."""

    url: str
    database_url: str
    process: asyncio.subprocess.Process | None = None
    changes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def at_free_port(cls, database_url: str, **changes: str) -> AsyncIterator[Self]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
        receiver = cls(url, database_url, changes=changes)
        await receiver.start()
        try:
            yield receiver
        finally:
            await receiver.kill()

    async def start(self) -> None:
        port = self.url.rpartition(":")[2]
        command = ("-m", "uvicorn", "api.app:create_app", "--factory", "--port", port, "--no-access-log")
        environment = {
            **os.environ,
            "TIDINGS_ENV_FILE": "",
            "TIDINGS_DATABASE_URL": self.database_url,
            "TIDINGS_QUIET_HOURS": "off",
            "TIDINGS_HASH_KEY": HASH_KEY,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_MESSAGING_SERVICE_MARKETING": MARKETING_SERVICE,
            "TWILIO_MESSAGING_SERVICE_TRANSACTIONAL": TRANSACTIONAL_SERVICE,
            "PUBLIC_BASE_URL": self.url,
            **self.changes,
        }
        self.process = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment)
        async with httpx.AsyncClient(base_url=self.url) as client:

            async def answers() -> bool:
                try:
                    return (await client.get("/healthz")).status_code == 200
                except httpx.TransportError:
                    return False

            await until(answers, seconds=30)

    async def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            await self.process.wait()
            self.process = None
