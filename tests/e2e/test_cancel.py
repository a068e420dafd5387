"""Both reach a flow run as SIGTERM: a person's cancel in Prefect pauses the campaign, a worker's stop does not."""

import csv
import json
import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks.cancellation import REASON, STOPPED
from tests.deployments.processes import is_gone, wait_until
from tests.e2e.stack_process import StackProcess
from tests.integration.population import phone

PEOPLE = 240
RATE = 30


class UnderWay:
    """A campaign under way on a stack; `name` is also its text."""

    def __init__(self, stack: StackProcess, folder: Path, name: str) -> None:
        self.stack = stack
        self.name = name
        self._import(folder)
        file = folder / "campaign.yaml"
        file.write_text(f"name: {name}\nkind: marketing\nbody: {name}\naudience: {{}}\nrate: {RATE}\n")
        self.run("campaign", "create", str(file))
        self.flow_run_id: str = json.loads(self.run("campaign", "start", name, "--json"))["flow_run_id"]
        wait_until(lambda: self.accepted().total() > RATE, seconds=60)

    def _import(self, folder: Path) -> None:
        with (folder / "people.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["phone", "consent_marketing"])
            rows.writerows([phone(number), "yes"] for number in range(PEOPLE))
        consent = ("--consent-method", "web_form", "--consent-source", "test")
        self.run("contacts", "import", str(folder / "people.csv"), *consent)

    def run(self, *arguments: str) -> str:
        done = self.stack.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def accepted(self) -> Counter[str]:
        answer = httpx.get(f"{self.stack.addresses['simulator']}/simulator/messages?format=ndjson", timeout=20)
        entries = [json.loads(line) for line in answer.text.splitlines()]
        return Counter(entry["to"] for entry in entries if entry["sid"] and entry["body"] == self.name)

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("campaign", "report", self.name, "--json"))
        return found

    def timeline(self) -> list[tuple[str, str, str | None]]:
        events = json.loads(self.run("campaign", "timeline", self.name, "--json"))["timeline"]
        return [(event["what"], event["actor"], event["why"]) for event in events]

    def flow_run(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(
            f"{self.stack.addresses['prefect_api']}/flow_runs/{self.flow_run_id}"
        ).json()
        return found

    def cancel_as_the_ui_does(self) -> None:
        answer = httpx.post(
            f"{self.stack.addresses['prefect_api']}/flow_runs/{self.flow_run_id}/set_state",
            json={"state": {"type": "CANCELLING", "name": "Cancelling"}},
        )
        assert answer.json()["status"] == "ACCEPT"

    def ends_with_everyone_reached_once(self) -> None:
        wait_until(lambda: self.report()["run"]["state"] == "finished", seconds=120)
        reached = self.accepted()
        assert (len(reached), set(reached.values())) == (PEOPLE, {1})


@pytest.mark.long
def test_a_persons_cancel_pauses_the_campaign(stack: StackProcess, tmp_path: Path) -> None:
    sale = UnderWay(stack, tmp_path, "Canceled sale")
    sale.cancel_as_the_ui_does()
    wait_until(lambda: sale.flow_run()["state"]["type"] == "CANCELLED", seconds=30)
    report = sale.report()
    sent = sale.accepted().total()
    assert (report["run"]["state"], report["run"]["reason"]) == ("paused", REASON)
    assert (report["states"]["claimed"], report["states"]["planned"]) == (0, PEOPLE - sent)
    assert ("paused", "person", REASON) in sale.timeline()
    assert ("flow run ended", "system", "it was stopped") in sale.timeline()
    time.sleep(2)
    assert sale.accepted().total() == sent
    sale.run("campaign", "resume", sale.name)
    sale.ends_with_everyone_reached_once()


@pytest.mark.long
def test_a_workers_stop_does_not(stack: StackProcess, tmp_path: Path) -> None:
    sale = UnderWay(stack, tmp_path, "Stopped sale")
    worker = stack.pid("serve")
    os.kill(worker, signal.SIGTERM)
    wait_until(lambda: is_gone(worker), seconds=15)
    report = sale.report()
    assert report["run"]["state"] == "sending"
    assert report["states"]["claimed"] == 0
    flow_run = sale.flow_run()
    assert (flow_run["state"]["type"], flow_run["state"]["message"]) == ("CANCELLED", STOPPED)
    assert [what for what, _, _ in sale.timeline()][:4] == [
        "scheduled", "planned", "flow run began", "flow run ended"
    ]  # fmt: skip
    sale.run("campaign", "start", sale.name)
    sale.ends_with_everyone_reached_once()
    assert "paused" not in {what for what, _, _ in sale.timeline()}
