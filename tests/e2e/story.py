"""A campaign under way on a whole stack, beside a Twilio that runs outside of it, as Twilio does."""

import csv
import json
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.stack_process import StackProcess
from tests.integration.population import phone
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, SERVICE

PEOPLE = 400
RATE = 40
SERVICE_TOO = "MG" + "9" * 32
CAMPAIGN = "name: Storm\nkind: marketing\nbody: Hi {{ first_name }}\naudience: {}\n"

SIMULATED = {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
QUICK_RECOVERY = {
    "TIDINGS_LEASE_SECONDS": "6",
    "TIDINGS_REQUEST_SECONDS": "2",
    "TIDINGS_SETTLE_GRACE_SECONDS": "2",
    "TIDINGS_SETTLE_REQUESTS_PER_SECOND": "200",
    "TIDINGS_SWEEP_SECONDS": "15",
}


class Story:
    """A campaign under way on a stack, and what the simulated Twilio saw of it."""

    def __init__(self, folder: Path, simulator: str, *, account: Mapping[str, str]) -> None:
        self.simulator = simulator
        self.home = folder / "home"
        self.home.mkdir(mode=0o700)
        self.settings = {
            **account,
            "TWILIO_MESSAGING_SERVICE_MARKETING": SERVICE,
            "TWILIO_MESSAGING_SERVICE_TRANSACTIONAL": SERVICE_TOO,
            "TWILIO_API_BASE_URL": simulator,
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{_free_port()}",
            "TIDINGS_SENDER_RATE": str(RATE),
            **QUICK_RECOVERY,
        }
        self.stack = self.up()

    def up(self) -> StackProcess:
        return StackProcess(self.home, settings=self.settings)

    def begin(self, folder: Path) -> None:
        write_people(folder / "people.csv", people=PEOPLE)
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


def write_people(path: Path, *, people: int) -> None:
    """A file of people who all agreed."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["phone", "first_name", "consent_marketing"])
        rows.writerows([phone(number), "Ada", "yes"] for number in range(people))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def story(folder: Path, simulator: str, *, account: Mapping[str, str] = SIMULATED) -> Iterator[Story]:
    """The campaign, begun; the stack is gone at the end."""
    told = Story(folder, simulator, account=account)
    try:
        told.begin(folder)
        yield told
    finally:
        told.stack.kill()
