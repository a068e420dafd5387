"""A flow run that is frozen past its lease while others go on sends nothing more when it wakes up."""

import json
from collections import Counter
from pathlib import Path

import httpx
import psutil
import pytest

from models.campaigns.timeline import What
from tests.deployments.processes import is_gone, wait_until
from tests.e2e.story import PEOPLE, Story, story
from tests.integration.population import phone
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, simulator_process

SETTLED_WITHIN, WOKEN_ENDS_WITHIN = 300.0, 90.0
ANSWERS_LATE = {"latency": {"low": 0.3, "high": 0.6}}


def sender_of(told: Story) -> psutil.Process:
    """The process of the flow run that sends, as the timeline names it."""
    timeline = json.loads(told.stack.run("campaign", "timeline", "Storm", "--json").stdout)["timeline"]
    (began,) = [event["detail"]["pid"] for event in timeline if event["what"] == What.FLOW_RUN_BEGAN]
    return psutil.Process(began)


def requests(told: Story) -> int:
    return len(httpx.get(f"{told.simulator}/simulator/messages?format=ndjson", timeout=20).text.splitlines())


@pytest.mark.long
def test_a_frozen_flow_run_sends_nothing_when_it_wakes_up(tmp_path: Path) -> None:
    with simulator_process() as simulator, story(tmp_path, simulator) as told:
        httpx.patch(f"{simulator}/simulator/settings", json=ANSWERS_LATE, auth=(ACCOUNT_SID, AUTH_TOKEN))
        wait_until(lambda: len(told.accepted()) > PEOPLE / 4, seconds=120, every=0.5)
        frozen = sender_of(told)
        frozen.suspend()
        assert len(told.accepted()) < PEOPLE * 3 / 4
        wait_until(told.is_finished, seconds=SETTLED_WITHIN, every=2)
        before = requests(told)
        frozen.resume()
        wait_until(lambda: is_gone(frozen.pid), seconds=WOKEN_ENDS_WITHIN, every=0.5)
        assert requests(told) == before
        assert told.accepted() == Counter({phone(number): 1 for number in range(PEOPLE)})
        report = told.report()
        assert report["incidents"] == 0
        left = [report["states"].get(state, 0) for state in ("planned", "claimed", "unknown")]
        assert left == [0, 0, 0]
        assert sum(report["states"].values()) == report["audience"] == PEOPLE
