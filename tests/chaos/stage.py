"""Everything a campaign needs, as real processes: PostgreSQL, a Twilio, the API, senders and a settler."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import aiohttp
import psycopg

from deployments.children import spawn
from deployments.home import Home
from deployments.ports import HOST, choose_ports
from deployments.postgres import database_address, embedded_postgres, owner_address, write_passfiles
from deployments.postgres_cluster import Passwords
from messaging.settings import Settings, load_settings
from models.bootstrap import upsert_defaults
from models.migrate import upgrade
from tests.chaos.part import Part
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, ENVIRONMENT, OTHER_SERVICE, SERVICE, Twilio

LEASE_SECONDS, REQUEST_SECONDS, GRACE_SECONDS, SWEEP_SECONDS = 6.0, 2.0, 4.0, 0.5
WORKERS = 2
ROOT = Path(__file__).parents[2]


class Stage:
    """The running processes, by name; `settings` are those that all of them have."""

    def __init__(self, *, folder: Path, rate: float) -> None:
        self.home = Home.at(folder / "home")
        self.home.prepare()
        self.ports = choose_ports(["postgres", "api", "simulator"], previous={}, fixed={})
        self.database_url = database_address(self.home, self.ports["postgres"])
        self.environment = self._environment(rate)
        self.parts: dict[str, Part] = {}

    @property
    def api_url(self) -> str:
        """Where Twilio's callbacks go."""
        return f"http://{HOST}:{self.ports['api']}"

    @property
    def simulator_url(self) -> str:
        """Where Twilio is."""
        return f"http://{HOST}:{self.ports['simulator']}"

    @property
    def workers(self) -> list[Part]:
        """The processes that send."""
        return [part for name, part in self.parts.items() if name.startswith("worker")]

    def settings(self) -> Settings:
        """The settings of this stage, and nothing of the developer's."""
        before = dict(os.environ)
        os.environ.update(self.environment)
        try:
            return load_settings()
        finally:
            os.environ.clear()
            os.environ.update(before)

    def add(self, name: str, *command: str) -> None:
        """Starts a Python module of ours as a part."""
        environment, log = {**self.environment, **ENVIRONMENT}, self.home.log(name.partition(" ")[0])

        def start() -> subprocess.Popen[bytes]:
            return spawn([sys.executable, "-m", *command], env=environment, cwd=ROOT, log=log)

        self.parts[name] = Part(name, start)
        self.parts[name].revive()

    def revive(self) -> None:
        """Starts again whatever is dead, and wakes what has been frozen long enough."""
        for part in self.parts.values():
            part.revive()

    def _environment(self, rate: float) -> dict[str, str]:
        foreign = ("TWILIO_", "TIDINGS_", "PREFECT_", "SIMULATOR_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return {
            **kept,
            "TIDINGS_ENV_FILE": "",
            "TIDINGS_HOME": str(self.home.path),
            "TIDINGS_DATABASE_URL": self.database_url,
            "TIDINGS_SENDER_RATE": str(rate),
            "TIDINGS_QUIET_HOURS": "off",
            "TIDINGS_LEASE_SECONDS": str(LEASE_SECONDS),
            "TIDINGS_REQUEST_SECONDS": str(REQUEST_SECONDS),
            "TIDINGS_SETTLE_GRACE_SECONDS": str(GRACE_SECONDS),
            "TIDINGS_SETTLE_REQUESTS_PER_SECOND": "200",
            # A machine that stands still for seconds looks like an outage of Twilio's, which pauses a campaign.
            "TIDINGS_BURST_MESSAGES": "500",
            "TIDINGS_SWEEP_SECONDS": str(SWEEP_SECONDS),
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_MESSAGING_SERVICE_MARKETING": SERVICE,
            "TWILIO_MESSAGING_SERVICE_TRANSACTIONAL": OTHER_SERVICE,
            "TWILIO_API_BASE_URL": self.simulator_url,
            "PUBLIC_BASE_URL": self.api_url,
        }


@asynccontextmanager
async def open_stage(folder: Path, *, rate: float) -> AsyncIterator[Stage]:
    """Starts everything below the folder, on an empty database, and ends it all; `rate` in segments a second."""
    stage = Stage(folder=folder, rate=rate)
    with _database(stage), _everything_ends(stage):
        owner = owner_address(stage.home, stage.ports["postgres"])
        await asyncio.to_thread(upgrade, stage.database_url, owner_url=owner)
        await upsert_defaults(stage.database_url, stage.settings())
        stage.add("simulator", "simulator", "--port", str(stage.ports["simulator"]))
        api = ("uvicorn", "api.app:create_app", "--factory", "--port", str(stage.ports["api"]), "--no-access-log")
        stage.add("api", *api)
        async with aiohttp.ClientSession() as session:
            await _answers(session, f"{stage.simulator_url}/simulator/health")
            await _answers(session, f"{stage.api_url}/healthz")
        for number in range(WORKERS):
            stage.add(f"worker {number + 1}", "tests.chaos.worker")
        stage.add("settler", "tests.chaos.settler")
        yield stage


@asynccontextmanager
async def open_twilio(stage: Stage) -> AsyncIterator[Twilio]:
    """A client of the simulator's control API."""
    async with aiohttp.ClientSession() as session:
        yield Twilio(stage.simulator_url, session)


@contextmanager
def _database(stage: Stage) -> Iterator[None]:
    passwords = Passwords("chaos", "order")
    write_passfiles(stage.home, passwords)
    server, copy = embedded_postgres(stage.home, port=stage.ports["postgres"], passwords=passwords)
    stage.parts["database"] = database = Part("database", server.start)
    try:
        database.revive()
        _wait_until_ready(stage.database_url)
        yield
    finally:
        database.end(signal.SIGINT)
        if copy is not None:
            shutil.rmtree(copy)


@contextmanager
def _everything_ends(stage: Stage) -> Iterator[None]:
    try:
        yield
    finally:
        for name, part in stage.parts.items():
            if name != "database":
                part.end()


def _wait_until_ready(address: str) -> None:
    until = time.monotonic() + 30
    while True:
        with suppress(psycopg.OperationalError):
            psycopg.connect(address, connect_timeout=2).close()
            return
        assert time.monotonic() < until, "PostgreSQL does not answer"
        time.sleep(0.05)


async def _answers(session: aiohttp.ClientSession, url: str) -> None:
    until = time.monotonic() + 30
    while True:
        with suppress(aiohttp.ClientError):
            async with session.get(url):
                return
        assert time.monotonic() < until, f"{url} does not answer"
        await asyncio.sleep(0.05)
