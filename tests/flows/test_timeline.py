"""What the timeline tells of flow runs, and a person's cancel of one that had not begun."""

import json
import os
import platform

import psutil
import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.states import Cancelled, Cancelling, Crashed

from flows.campaign import CampaignOrder, campaign
from messaging.settings import Settings
from models.campaigns.tables import RunState
from models.campaigns.timeline import Actor, Event, What, note, read_timeline
from models.columns import utc_now
from tasks.attendance import LOST, attended
from tasks.cancellation import REASON, STOPPED
from tasks.equipment import Equipment
from tasks.flow_run_starts import newest_flow_run, start_sending
from tasks.recovery import recover
from tests.fixtures.campaigns import Sending
from tests.fixtures.sending import Start

pytestmark = pytest.mark.usefixtures("flow_environment")


async def told(sending: Sending) -> list[Event]:
    async with sending.engine.connect() as connection:
        return await read_timeline(connection, sending.run.id)


async def test_a_campaign_from_its_plan_to_its_end(start: Start) -> None:
    sending = await start(5)
    order = CampaignOrder(campaign=str(sending.run.campaign_id))
    assert (await campaign(order, return_state=True)).is_completed()
    events = await told(sending)
    assert [(event.what, event.why) for event in events] == [
        (What.PLANNED, None),
        (What.FLOW_RUN_BEGAN, None),
        (What.FINISHED, None),
        (What.FLOW_RUN_ENDED, None),
    ]
    assert events[0].detail["audience"] == 5
    shown = json.dumps([event.to_json() for event in events])
    assert not [number for number in await sending.rows() if number in shown or number[1:] in shown]


async def test_why_it_stopped_is_told(
    start: Start, flow_environment: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = await start(3)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "f" * len(str(flow_environment.twilio_auth_token)))
    await campaign(CampaignOrder(campaign=str(sending.run.campaign_id)), return_state=True)
    paused, ended = [event for event in await told(sending) if event.why]
    assert (paused.what, paused.actor, ended.what) == (What.PAUSED, Actor.TWILIO, What.FLOW_RUN_ENDED)
    assert paused.detail["code"] == 20003
    assert "check TWILIO_ACCOUNT_SID" in str(paused.why)
    assert str(ended.why).startswith("The campaign stopped: ")


async def _began_before(sending: Sending, *, pid: int, host: str, flow_run_id: str) -> None:
    """An earlier flow run that told its beginning only."""
    began = psutil.Process().create_time()
    detail = {"flow_run_id": flow_run_id, "host": host, "pid": pid, "began": began}
    async with sending.engine.begin() as connection:
        await note(connection, sending.run.id, Event(What.FLOW_RUN_BEGAN, Actor.SYSTEM, utc_now(), detail=detail))


@pytest.mark.parametrize(
    ("pid", "host", "says"),
    [
        pytest.param(2**22 + 1, platform.node(), [LOST], id="its process is gone"),
        pytest.param(os.getpid(), platform.node(), [], id="it is at work"),
        pytest.param(2**22 + 1, "elsewhere", [], id="it may be at work elsewhere"),
    ],
)
async def test_a_killed_flow_run_is_told_by_the_next(
    start: Start, tools: Equipment, pid: int, host: str, says: list[str]
) -> None:
    sending = await start(1)
    await _began_before(sending, pid=pid, host=host, flow_run_id="0190c7d5-0000-7000-8000-000000000001")

    @flow
    async def another() -> None:
        async with attended(tools, sending.run.id):
            pass

    await another()
    assert [event.why for event in await told(sending) if event.what == What.FLOW_RUN_ENDED] == [*says, None]


async def test_a_crash_is_told_as_prefect_tells_it(start: Start, tools: Equipment) -> None:
    sending = await start(1)
    await start_sending(sending.run.id, name="to crash")
    crashed = await newest_flow_run(sending.run.id)
    assert crashed is not None
    await _began_before(sending, pid=1, host="elsewhere", flow_run_id=str(crashed.id))
    async with get_client() as client:
        await client.set_flow_run_state(crashed.id, Crashed(message="Exit code -9."), force=True)

    @flow
    async def another() -> None:
        async with attended(tools, sending.run.id):
            pass

    await another()
    ended = [event.why for event in await told(sending) if event.what == What.FLOW_RUN_ENDED]
    assert ended == ["Crashed: Exit code -9.", None]


async def test_a_person_cancels_a_flow_run_that_waits(start: Start, tools: Equipment) -> None:
    sending = await start(3)
    assert (await recover(tools)).taken_up == 1
    waiting = await newest_flow_run(sending.run.id)
    assert waiting is not None
    async with get_client() as client:
        await client.set_flow_run_state(waiting.id, Cancelling())  # as the UI does
    assert (await recover(tools)).taken_up == 0
    run = await sending.reload()
    assert (run.state, run.state_reason) == (RunState.PAUSED, REASON)
    assert [(event.what, event.actor) for event in await told(sending)][-1] == (What.PAUSED, Actor.PERSON)


async def test_a_flow_run_that_its_worker_stopped_before_it_began_is_taken_up_again(
    start: Start, tools: Equipment
) -> None:
    sending = await start(3)
    assert (await recover(tools)).taken_up == 1
    waiting = await newest_flow_run(sending.run.id)
    assert waiting is not None
    async with get_client() as client:
        await client.set_flow_run_state(waiting.id, Cancelled(message=STOPPED), force=True)
    assert (await recover(tools)).taken_up == 1
    assert (await sending.reload()).state == RunState.SENDING
