"""Two workers of a work pool share a campaign at the sender's rate, and one may die in the middle of it."""

import bisect
import json
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.deployments.processes import wait_until
from tests.e2e.fleet import Fleet, fleet
from tests.e2e.story import CAMPAIGN, QUICK_RECOVERY, write_people
from tests.integration.population import phone
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, simulator_process

PEOPLE, RATE = 1_000, 20
SHARDS = 4  # a worker takes three at most, so each has one
WINDOW = 5.0
BOTH_AT_WORK_WITHIN, ENDS_WITHIN = 120.0, 300.0


def requests(simulator: str) -> list[dict[str, Any]]:
    answer = httpx.get(f"{simulator}/simulator/messages?format=ndjson", timeout=20)
    return [json.loads(line) for line in answer.text.splitlines()]


def begin(machines: Fleet) -> None:
    write_people(machines.folder / "people.csv", people=PEOPLE)
    (machines.folder / "storm.yaml").write_text(CAMPAIGN)
    consent = ("--consent-method", "web_form", "--consent-source", "test")
    machines.tidings("contacts", "import", "people.csv", *consent)
    machines.tidings("campaign", "create", "storm.yaml")
    machines.tidings("campaign", "start", "Storm", "--shards", str(SHARDS))


def report(machines: Fleet) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(machines.tidings("campaign", "report", "Storm", "--json"))
    return found


def most_in_a_window(log: list[dict[str, Any]]) -> int:
    """The requests of the fullest `WINDOW` seconds, wherever they begin."""
    moments = sorted(float(entry["received_monotonic"]) for entry in log)
    return max(bisect.bisect_left(moments, began + WINDOW) - at for at, began in enumerate(moments))


@pytest.mark.long
def test_two_workers_share_a_campaign_and_one_may_die(tmp_path: Path) -> None:
    with simulator_process() as simulator:
        settings = {
            **QUICK_RECOVERY,
            "TWILIO_API_BASE_URL": simulator,
            "TIDINGS_SENDER_RATE": str(RATE),
        }
        httpx.patch(
            f"{simulator}/simulator/settings",
            json={"latency": {"low": 0.05, "high": 0.2}, "faults": {"reset_after": 0.02}},
            auth=(ACCOUNT_SID, AUTH_TOKEN),
        )
        with fleet(tmp_path, settings=settings) as machines:
            begin(machines)

            def sent_by() -> Counter[str]:
                return Counter(entry["credential"] for entry in requests(simulator) if entry["sid"])

            def both_are_at_work() -> bool:
                sent = sent_by()
                return min(sent["auth_token"], sent["api_key"]) > 50

            wait_until(both_are_at_work, seconds=BOTH_AT_WORK_WITHIN, every=1)
            machines.kill("two")
            then = sent_by()
            assert then.total() < PEOPLE - 100
            wait_until(lambda: report(machines)["run"]["state"] == "finished", seconds=ENDS_WITHIN, every=2)
            told = report(machines)
        log = requests(simulator)
    assert Counter(entry["to"] for entry in log if entry["sid"]) == Counter(
        {phone(number): 1 for number in range(PEOPLE)}
    )
    assert most_in_a_window(log) <= RATE * (WINDOW + 1)  # a claim may run a second ahead
    assert told["incidents"] == 0
    assert sum(told["states"].values()) == told["audience"] == PEOPLE
