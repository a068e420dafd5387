"""A receiver and a PostgreSQL of its own, both to be killed by kill -9 and started again, as `tidings up` does."""

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from deployments.database_check import database_problem
from deployments.home import Home
from deployments.ports import choose_ports
from deployments.postgres import (
    PostgresServer,
    database_address,
    embedded_postgres,
    owner_address,
    write_passfiles,
)
from deployments.postgres_cluster import Passwords
from messaging.settings import Settings
from models.bootstrap import upsert_defaults
from models.migrate import upgrade
from tests.integration.gaps.receiver import ReceiverProcess
from tests.simulator.running import ACCOUNT_SID, until


@dataclass
class Mortals:
    """The two processes."""

    receiver: ReceiverProcess
    server: PostgresServer
    postgres: Popen[bytes]

    async def kill_receiver(self) -> None:
        await self.receiver.kill()
        await self.receiver.start()

    async def kill_postgres(self) -> None:
        self.postgres.kill()
        await asyncio.to_thread(self.postgres.wait)
        self.postgres = await asyncio.to_thread(self.server.start)


@asynccontextmanager
async def mortals(folder: Path, settings: Settings) -> AsyncIterator[tuple[Mortals, Settings]]:
    """Both started, on a migrated database, with the settings that reach it; ended at the end."""
    home = Home.at(folder / "home")
    home.prepare()
    passwords = Passwords("correct horse", "battery staple")
    write_passfiles(home, passwords)
    port = choose_ports(["postgres"], previous={}, fixed={})["postgres"]
    url = database_address(home, port)
    server, copy = embedded_postgres(home, port=port, passwords=passwords)
    postgres = await asyncio.to_thread(server.start)
    there = Mortals(ReceiverProcess("", url), server, postgres)
    own = settings.model_copy(update={"tidings_database_url": url, "twilio_account_sid": ACCOUNT_SID})
    try:
        await until(lambda: _is_there(url), seconds=30)
        await asyncio.to_thread(upgrade, url, owner_url=owner_address(home, port))
        await upsert_defaults(url, own)
        async with ReceiverProcess.at_free_port(url) as there.receiver:
            yield there, own
    finally:
        there.postgres.send_signal(signal.SIGINT)
        await asyncio.to_thread(there.postgres.wait, 20)
        if copy is not None:
            shutil.rmtree(copy)


async def _is_there(url: str) -> bool:
    return await asyncio.to_thread(database_problem, url) is None
