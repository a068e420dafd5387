"""The stack from outside: up, found, watched over, killed and back with all its data."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from api.prefect_runs import start_run
from tests.deployments.processes import is_gone, wait_until
from tests.e2e.stack_process import READY_SECONDS, STOP_SECONDS, StackProcess, environment

PARTS = {"database", "prefect", "serve", "api", "simulator"}


def test_it_is_ready_in_time_and_well(stack: StackProcess) -> None:
    assert stack.seconds_to_ready < READY_SECONDS
    status = stack.status()
    assert status["running"] is True
    assert {name: status[name] for name in ("api", "prefect", "simulator", "database")} == {
        name: stack.addresses[name] for name in ("api", "prefect", "simulator", "database")
    }
    assert set(status["health"]) == PARTS
    assert all(part["ok"] for part in status["health"].values()), status
    assert httpx.get(stack.addresses["prefect"]).is_success


def test_nobody_else_can_read_its_secrets(stack: StackProcess) -> None:
    secrets = json.loads((stack.home / "secrets.json").read_text()).values()
    commands = " ".join(word for process in stack.descendants() for word in process.cmdline())
    assert not [secret for secret in secrets if secret in commands and not secret.startswith(("AC", "MG"))]
    readable = [path for path in stack.home.iterdir() if path.stat().st_mode & 0o077]
    assert readable == []


def test_a_second_up_names_the_first_ones_addresses(stack: StackProcess) -> None:
    second = stack.run("up")
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert stack.addresses["api"] in second.stderr
    assert stack.addresses["prefect"] in second.stderr


@pytest.mark.parametrize(
    "part",
    [
        "api",
        "serve",
        "postgres",
        *(pytest.param(part, marks=pytest.mark.long) for part in ("simulator", "prefect")),
    ],
)
def test_a_killed_part_comes_back(part: str, stack: StackProcess) -> None:
    killed = stack.pid(part)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: stack.pid(part) != killed, seconds=20)
    wait_until(lambda: all(found["ok"] for found in stack.status()["health"].values()), seconds=60)
    assert "starting it again" in stack.report()


class Served:
    """The flows of `heartbeat.py`, served on the stack's Prefect server by our own flow runner."""

    def __init__(self, api: str, home: Path) -> None:
        self.api = api
        self.server = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.heartbeat"],
            env={**environment(home), "PREFECT_API_URL": api, "PREFECT_HOME": str(home / "prefect")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def runs(self, flow: str, *, state: str) -> list[dict[str, Any]]:
        asked = {"flows": {"name": {"any_": [flow]}}, "flow_runs": {"state": {"type": {"any_": [state]}}}}
        return list(httpx.post(f"{self.api}/flow_runs/filter", json=asked).json())

    def start_endless(self) -> list[psutil.Process]:
        """Starts a run that does not end; its process, and whatever else runs, once it is running."""
        wait_until(lambda: self.deployed("endless/endless"), seconds=30)
        asyncio.run(start_run(self.api, deployment="endless/endless", parameters={}))
        wait_until(lambda: bool(self.runs("endless", state="RUNNING")), seconds=60)
        return psutil.Process(self.server.pid).children(recursive=True)

    def deployed(self, name: str) -> bool:
        return httpx.get(f"{self.api}/deployments/name/{name}").is_success


@pytest.fixture
def served(stack: StackProcess, tmp_path: Path) -> Iterator[Served]:
    served = Served(stack.addresses["prefect_api"], tmp_path)
    yield served
    served.server.kill()
    served.server.wait()


def test_a_schedule_fires(served: Served) -> None:
    def fired() -> bool:
        return any(run["auto_scheduled"] for run in served.runs("heartbeat", state="COMPLETED"))

    wait_until(fired, seconds=90)


def test_a_stopped_flow_runner_cancels_its_runs(served: Served) -> None:
    runs = served.start_endless()
    served.server.terminate()
    assert served.server.wait(STOP_SECONDS) == 0
    assert all(is_gone(run.pid) for run in runs)
    assert served.runs("endless", state="RUNNING") == []


def test_a_killed_flow_runner_leaves_no_run_behind(served: Served) -> None:
    runs = served.start_endless()
    served.server.kill()
    served.server.wait()
    wait_until(lambda: all(is_gone(run.pid) for run in runs), seconds=10)


def _owner_address(stack: StackProcess) -> str:
    """Who may make tables: the application's role may not."""
    return stack.addresses["database"].replace("tidings@", "tidings_owner@").replace("pgpass", "pgpass-owner")


@pytest.mark.long
def test_a_killed_supervisor_leaves_no_process_and_no_data_is_lost(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with StackProcess(home) as first:
        with psycopg.connect(_owner_address(first)) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (1)")
        everything = first.descendants()
        first.kill()
        wait_until(lambda: all(is_gone(process.pid) for process in everything), seconds=10)
        assert first.run("status").returncode == 1

    with StackProcess(home) as second:
        assert second.addresses == first.addresses
        with psycopg.connect(_owner_address(second)) as connection:
            assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]
        everything = second.descendants()
        assert second.stop() < STOP_SECONDS
        assert all(is_gone(process.pid) for process in everything)
