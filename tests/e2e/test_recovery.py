"""A campaign goes on by itself, and reaches everyone once, whatever part of the stack was killed on the way.

Twilio's simulator runs outside the stack, as Twilio does: its log is the judge.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest

from tests.deployments.processes import wait_until
from tests.e2e.story import PEOPLE, Story, story
from tests.integration.population import phone
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, simulator_process

GOES_ON_WITHIN, ENDS_WITHIN = 120.0, 300.0


def kill_flow_runs(story: Story) -> None:
    for process in psutil.Process(story.stack.pid("serve")).children(recursive=True):
        process.kill()


def kill_part(name: str) -> Callable[[Story], None]:
    return lambda story: os.kill(story.stack.pid(name), signal.SIGKILL)


def kill_stack(story: Story) -> None:
    story.stack.kill()
    story.stack = story.up()


def delete_flow_runs(story: Story) -> None:
    """As a person does who tidies up in Prefect's UI: the processes go on without a flow run."""
    api = story.stack.addresses["prefect_api"]
    running = {"flow_runs": {"state": {"type": {"any_": ["RUNNING"]}}}}
    for flow_run in httpx.post(f"{api}/flow_runs/filter", json=running).json():
        httpx.delete(f"{api}/flow_runs/{flow_run['id']}").raise_for_status()


BLOWS = {
    "flow run": kill_flow_runs,
    "flow run deleted in Prefect": delete_flow_runs,
    "serve": kill_part("serve"),
    "PostgreSQL": kill_part("postgres"),
    "whole stack": kill_stack,
}


@pytest.mark.long
@pytest.mark.parametrize("blow", BLOWS)
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
