"""Tidings on several machines: Prefect's server on PostgreSQL, the API, and workers of one work pool.

Each part is a process as the README starts it. Each worker has an API key or token of its own at Twilio, by which
the simulator's log tells whose request was whose.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import psycopg

from deployments.ports import HOST, choose_ports
from deployments.prefect_server import server_command, server_environment
from tests.deployments.processes import wait_until
from tests.e2e.debian_postgres import debian_postgres
from tests.e2e.stack_process import TIDINGS, environment
from tests.simulator.running import ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, AUTH_TOKEN, OTHER_SERVICE, SERVICE

POOL = "tidings"
WORKERS: Mapping[str, Mapping[str, str]] = {
    "one": {},
    "two": {"TWILIO_API_KEY_SID": API_KEY_SID, "TWILIO_API_KEY_SECRET": API_KEY_SECRET},
}
_FLOW_RUNS_OF_A_WORKER = 3


class Fleet:
    """Processes by name; `settings` are what every one of them has in its environment."""

    def __init__(self, folder: Path, *, postgres: str, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self._postgres = postgres
        self._ports = choose_ports(["prefect", "api"], previous={}, fixed={})
        self._environment = {
            **environment(folder / "home"),
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_MESSAGING_SERVICE_MARKETING": SERVICE,
            "TWILIO_MESSAGING_SERVICE_TRANSACTIONAL": OTHER_SERVICE,
            "PUBLIC_BASE_URL": f"http://{HOST}:{self._ports['api']}",
            "TIDINGS_DATABASE_URL": f"{postgres}/tidings",
            "PREFECT_API_URL": f"http://{HOST}:{self._ports['prefect']}/api",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "DO_NOT_TRACK": "1",
            **settings,
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """The databases, the server, the schema, the API, the work pool, the workers."""
        with psycopg.connect(f"{self._postgres}/postgres", autocommit=True) as server:
            for database in ("tidings", "prefect"):
                server.execute(f'CREATE DATABASE "{database}"')
        self._start_prefect()
        self.run(sys.executable, "-m", "deployments.prepare_database")
        address = ("--host", HOST, "--port", str(self._ports["api"]), "--no-access-log")
        self._start("api", [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", *address], {})
        self.run(sys.executable, "-m", "deployments.register", "--pool", POOL)
        for name, own in WORKERS.items():
            limit = ("--limit", str(_FLOW_RUNS_OF_A_WORKER))
            command = ("prefect", "worker", "start", "--pool", POOL, "--name", name, "--type", "process", *limit)
            self._start(name, [sys.executable, "-m", *command], own)

    def run(self, *command: str) -> str:
        """Runs a command to its end and gives what it printed."""
        done = subprocess.run(
            command,
            env=self._environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tidings(self, *arguments: str) -> str:
        """Runs a `tidings` command."""
        return self.run(TIDINGS, *arguments)

    def kill(self, name: str) -> None:
        """kill -9 of a process and of everything it has started, as when its machine goes down."""
        process = psutil.Process(self._processes[name].pid)
        for one in [process, *process.children(recursive=True)]:
            one.kill()
        self._processes.pop(name).wait()

    def end(self) -> None:
        """Leaves nothing behind."""
        for name in list(self._processes):
            self.kill(name)

    def _start_prefect(self) -> None:
        database = self._postgres.replace("postgresql:", "postgresql+asyncpg:") + "/prefect"
        own = {**server_environment(self._environment), "PREFECT_SERVER_DATABASE_CONNECTION_URL": database}
        self._start("prefect", server_command(self._ports["prefect"]), own)
        wait_until(lambda: _is_well(f"{self._environment['PREFECT_API_URL']}/health"), seconds=120)

    def _start(self, name: str, command: list[str], own: Mapping[str, str]) -> None:
        home = {"PREFECT_HOME": str(self.folder / name)}
        with (self.folder / f"{name}.log").open("wb") as log:
            self._processes[name] = subprocess.Popen(
                command,
                env={**self._environment, **own, **home},
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )


def _is_well(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


@contextmanager
def fleet(folder: Path, *, settings: Mapping[str, str]) -> Iterator[Fleet]:
    """All of it, started; gone at the end."""
    with debian_postgres() as postgres:
        machines = Fleet(folder, postgres=postgres, settings=settings)
        try:
            machines.start()
            yield machines
        finally:
            machines.end()
