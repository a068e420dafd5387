"""A campaign goes on by itself, and reaches everyone once, whatever part of the stack was killed on the way.

Twilio's simulator runs outside the stack, as Twilio does: its log is the judge.
"""

import csv
import json
import os
import signal
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.deployments.processes import wait_until
from tests.e2e.stack_process import StackProcess
from tests.integration.population import phone
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, SERVICE, simulator_process

PEOPLE = 400
RATE = 40
GOES_ON_WITHIN, ENDS_WITHIN = 120.0, 300.0
SERVICE_TOO = "MG" + "9" * 32
CAMPAIGN = f"name: Storm\nkind: marketing\nbody: Hi {{{{ first_name }}}}\naudience: {{}}\nrate: {RATE}\n"


class Story:
    """A campaign under way on a stack, and what the simulated Twilio saw of it."""

    def __init__(self, folder: Path, simulator: str) -> None:
        self.simulator = simulator
        self.home = folder / "home"
        self.home.mkdir(mode=0o700)
        self.settings = {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_MESSAGING_SERVICE_MARKETING": SERVICE,
            "TWILIO_MESSAGING_SERVICE_TRANSACTIONAL": SERVICE_TOO,
            "TWILIO_API_BASE_URL": simulator,
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{_free_port()}",
            "TIDINGS_LEASE_SECONDS": "6",
            "TIDINGS_REQUEST_SECONDS": "2",
            "TIDINGS_SETTLE_GRACE_SECONDS": "2",
            "TIDINGS_SETTLE_REQUESTS_PER_SECOND": "200",
            "TIDINGS_SWEEP_SECONDS": "15",
        }
        self.stack = self.up()

    def up(self) -> StackProcess:
        return StackProcess(self.home, settings=self.settings)

    def begin(self, folder: Path) -> None:
        with (folder / "people.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["phone", "first_name", "consent_marketing"])
            rows.writerows([phone(number), "Ada", "yes"] for number in range(PEOPLE))
        (folder / "storm.yaml").write_text(CAMPAIGN)
        consent = ("--consent-method", "web_form", "--consent-source", "test")
        self._run("contacts", "import", str(folder / "people.csv"), *consent)
        self._run("campaign", "create", str(folder / "storm.yaml"))
        self._run("campaign", "start", "Storm")

    def _run(self, *arguments: str) -> str:
        done = self.stack.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def accepted(self) -> Counter[str]:
        answer = httpx.get(f"{self.simulator}/simulator/messages?format=ndjson", timeout=20)
        entries = [json.loads(line) for line in answer.text.splitlines()]
        return Counter(entry["to"] for entry in entries if entry["sid"])

    def report(self) -> dict[str, Any]:
        done = self.stack.run("campaign", "report", "Storm", "--json")
        found: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
        return found

    def is_finished(self) -> bool:
        report = self.report()
        return bool(report) and report["run"]["state"] == "finished"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def story(folder: Path, simulator: str) -> Iterator[Story]:
    told = Story(folder, simulator)
    try:
        told.begin(folder)
        yield told
    finally:
        told.stack.kill()


def kill_flow_runs(story: Story) -> None:
    for process in psutil.Process(story.stack.pid("serve")).children(recursive=True):
        process.kill()


def kill_part(name: str) -> Callable[[Story], None]:
    return lambda story: os.kill(story.stack.pid(name), signal.SIGKILL)


def kill_stack(story: Story) -> None:
    story.stack.kill()
    story.stack = story.up()


BLOWS = {
    "flow run": kill_flow_runs,
    "serve": kill_part("serve"),
    "PostgreSQL": kill_part("postgres"),
    "whole stack": kill_stack,
}


@pytest.mark.parametrize(
    "blow", [blow if blow == "whole stack" else pytest.param(blow, marks=pytest.mark.long) for blow in BLOWS]
)
def test_everyone_gets_it_once_whatever_is_hit(blow: str, tmp_path: Path) -> None:
    with simulator_process() as simulator, story(tmp_path, simulator) as told:
        faults = {"latency": {"low": 0.05, "high": 0.2}, "faults": {"reset_after": 0.03}}
        httpx.patch(f"{simulator}/simulator/settings", json=faults, auth=(ACCOUNT_SID, AUTH_TOKEN))
        wait_until(lambda: len(told.accepted()) > PEOPLE / 4, seconds=120)
        BLOWS[blow](told)
        before = len(told.accepted())
        assert before < PEOPLE
        wait_until(lambda: len(told.accepted()) > before + 10, seconds=GOES_ON_WITHIN)
        wait_until(told.is_finished, seconds=ENDS_WITHIN)
        accepted = told.accepted()
        assert accepted == Counter({phone(number): 1 for number in range(PEOPLE)})
        report = told.report()
        assert report["incidents"] == 0
        assert sum(report["states"].values()) == report["audience"] == PEOPLE
