"""The product as it runs in life: its processes, which can be killed, and a simulated Twilio."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

import aiohttp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deployments.ports import HOST, choose_ports
from messaging.business_time import time_kept_by
from messaging.callbacks import inbound_webhook_url
from messaging.settings import Settings, load_settings
from models.api_keys.keeping import create_key
from models.api_keys.scopes import Scope
from models.bootstrap import upsert_organization
from models.engine import open_engine
from models.reminders.store import save_rules
from tests.reminders_week.clock import VARIABLE, SetClock
from tests.reminders_week.rules import written
from tests.reminders_week.ticker import DONE
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, OTHER_SERVICE, QUICK, SERVICE, Twilio, until

LEASE_SECONDS, REQUEST_SECONDS, GRACE_SECONDS = 2.5, 1.0, 0.5
ROOT = Path(__file__).parents[2]


@dataclass
class Stage:
    """Where everything is; `running` are the processes of ours, by name."""

    environment: dict[str, str]
    api_url: str
    port: int
    clock: SetClock
    engine: AsyncEngine
    twilio: Twilio
    folder: Path
    key: str = ""
    running: dict[str, Process] = field(default_factory=dict)

    async def start(self, *names: str) -> None:
        """Starts the receiver, the ticker or both, and returns when they are ready."""
        await asyncio.gather(*map(self._start, names))

    async def _start(self, name: str) -> None:
        command = [
            sys.executable,
            "-m",
            f"tests.reminders_week.{name}",
            *([str(self.port)] * (name == "receiver")),
        ]
        with (self.folder / f"{name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *command, env=self.environment, cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=log
            )
        self.running[name] = process
        await (self._answers() if name == "receiver" else self._done(process))

    async def kill(self, *names: str) -> None:
        """SIGKILL, and nothing else."""
        for name in names or tuple(self.running):
            process = self.running.pop(name)
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def order(self, *words: str) -> None:
        """Has the ticker do something, and waits until it has."""
        process = self.running["ticker"]
        self.begin(*words)
        await self._done(process)

    def begin(self, *words: str) -> None:
        """The same without waiting."""
        stdin = self.running["ticker"].stdin
        assert stdin is not None
        stdin.write(f"{' '.join(words)}\n".encode())

    async def _done(self, process: Process) -> None:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode().strip()
        assert line == DONE, f"the ticker said {line!r}; its log:\n{(self.folder / 'ticker.log').read_text()}"

    async def _answers(self) -> None:
        async def answers() -> bool:
            try:
                async with self.twilio.session.get(f"{self.api_url}/healthz") as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

        await until(answers, seconds=30)


@asynccontextmanager
async def open_stage(
    folder: Path, *, database_url: str, simulator_url: str, begins: datetime
) -> AsyncIterator[Stage]:
    """Everything but the processes, with the clinic's rules on an empty database."""
    port = choose_ports(["api"], previous={}, fixed={})["api"]
    api_url = f"http://{HOST}:{port}"
    environment = _environment(folder, database_url=database_url, simulator_url=simulator_url, api_url=api_url)
    settings, clock = _settings(environment), SetClock(Path(environment[VARIABLE]))
    clock.set(begins)
    async with open_engine(settings, application="week") as engine, aiohttp.ClientSession() as session:
        stage = Stage(environment, api_url, port, clock, engine, Twilio(simulator_url, session), folder)
        with time_kept_by(clock):
            await _prepare(stage, settings, begins)
            try:
                yield stage
            finally:
                await stage.kill()


async def _prepare(stage: Stage, settings: Settings, begins: datetime) -> None:
    async with stage.engine.begin() as connection:
        await upsert_organization(connection, settings)
        organization_id = UUID(str((await connection.execute(text("SELECT id FROM organizations"))).scalar_one()))
        await save_rules(connection, organization_id, written(), actor="Ada", now=begins)
        key = await create_key(
            connection,
            organization_id=organization_id,
            scopes=frozenset({Scope.APPOINTMENTS_WRITE}),
            requests_per_second=100_000.0,
            now=begins,
        )
    stage.key = key.text
    await stage.twilio.set(
        inbound_url=inbound_webhook_url(stage.api_url),
        delays=QUICK,
        block_after_stop=False,
        confirm_opt_outs=False,
    )


def _environment(folder: Path, *, database_url: str, simulator_url: str, api_url: str) -> dict[str, str]:
    foreign = ("TWILIO_", "TIDINGS_", "PREFECT_", "SIMULATOR_")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
        VARIABLE: str(folder / "clock"),
        "TIDINGS_ENV_FILE": "",
        "TIDINGS_HOME": str(folder / "home"),
        "TIDINGS_HASH_KEY": "5a" * 32,
        "TIDINGS_DATABASE_URL": database_url,
        "TIDINGS_SENDER_RATE": "100000",
        "TIDINGS_LEASE_SECONDS": str(LEASE_SECONDS),
        "TIDINGS_REQUEST_SECONDS": str(REQUEST_SECONDS),
        "TIDINGS_SETTLE_GRACE_SECONDS": str(GRACE_SECONDS),
        "TIDINGS_SETTLE_REQUESTS_PER_SECOND": "500",
        "TIDINGS_BURST_MESSAGES": "1000000",
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_MESSAGING_SERVICE_MARKETING": SERVICE,
        "TWILIO_MESSAGING_SERVICE_TRANSACTIONAL": OTHER_SERVICE,
        "TWILIO_API_BASE_URL": simulator_url,
        "PUBLIC_BASE_URL": api_url,
    }


def _settings(environment: dict[str, str]) -> Settings:
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        return load_settings()
    finally:
        os.environ.clear()
        os.environ.update(before)
