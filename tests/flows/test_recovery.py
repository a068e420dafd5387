"""What the sweep takes up, and what it leaves alone; on a real Prefect server and PostgreSQL."""

from collections import Counter

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from sqlalchemy import text

from flows.send import SendOrder, send
from flows.sweep import sweep
from models.campaigns.flow_runs import tag_of
from models.exclusive import Duty, exclusive
from tasks.equipment import Equipment
from tasks.recovery import recover
from tests.fixtures.campaigns import Sending
from tests.fixtures.sending import Start
from tests.simulator.running import Twilio

pytestmark = pytest.mark.usefixtures("flow_environment")


async def _coming(sending: Sending) -> list[str]:
    """Names of the deployments' flow runs that were started for the run."""
    of_run = FlowRunFilter(tags=FlowRunFilterTags(all_=[tag_of(sending.run.id)]))
    async with get_client() as client:
        found = await client.read_flow_runs(flow_run_filter=of_run)
        return [(await client.read_flow(one.flow_id)).name for one in found]


async def _sql(tools: Equipment, statement: str) -> None:
    async with tools.engine.begin() as connection:
        await connection.execute(text(statement))


async def test_a_run_that_nobody_sends_is_taken_up_once(start: Start, tools: Equipment) -> None:
    sending = await start(3)
    assert (await recover(tools)).taken_up == 1
    assert await _coming(sending) == ["send"]
    assert (await recover(tools)).taken_up == 0


@pytest.mark.parametrize(
    "why",
    [
        pytest.param("UPDATE campaign_runs SET state = 'paused'", id="the run is paused"),
        pytest.param("UPDATE campaign_runs SET state = 'canceled'", id="the run is canceled"),
        pytest.param("UPDATE senders SET state = 'paused'", id="the sender is paused"),
        pytest.param(
            "INSERT INTO country_pauses SELECT id, 'US', 'x', now() FROM senders", id="the country is paused"
        ),
        pytest.param("UPDATE messages SET send_after = now() + interval '1 hour'", id="nothing is due"),
        pytest.param(
            "UPDATE campaign_runs SET tended_until = clock_timestamp() + interval '5 seconds'", id="someone sends"
        ),
    ],
)
async def test_a_run_is_left_alone_while(why: str, start: Start, tools: Equipment) -> None:
    sending = await start(3)
    await _sql(tools, why)
    assert (await recover(tools)).taken_up == 0
    assert await _coming(sending) == []


async def test_a_run_that_was_never_planned_is_planned(start: Start, tools: Equipment) -> None:
    sending = await start(3)
    await _sql(tools, "DELETE FROM messages")
    await _sql(tools, "UPDATE campaign_runs SET state = 'planning', planned_at = NULL")
    assert (await recover(tools)).taken_up == 0, "its flow run may only just have begun"
    await _sql(tools, "UPDATE campaign_runs SET created_at = now() - interval '1 hour'")
    assert (await recover(tools)).taken_up == 1
    assert await _coming(sending) == ["campaign"]


@pytest.mark.usefixtures("tools")
async def test_send_runs_share_a_campaign_and_the_last_completes_it(start: Start, twilio: Twilio) -> None:
    sending = await start(5)
    state = await send(SendOrder(run=sending.run.id), return_state=True)
    assert state.is_completed(), state.message
    assert await sending.states() == Counter(accepted=5)
    assert (await sending.reload()).state == "finished"
    assert len((await twilio.get("messages"))["messages"]) == 5


async def test_a_sweep_settles_and_completes(start: Start, tools: Equipment, twilio: Twilio) -> None:
    await twilio.set(faults={"reset_after": 1.0})
    sending = await start(4)
    state = await send(SendOrder(run=sending.run.id), return_state=True)
    assert state.is_completed(), state.message
    assert await sending.states() == Counter(unknown=4)
    assert (await sending.reload()).state == "sending", "what is to be settled may still be sent"
    await _sql(tools, "UPDATE campaign_runs SET tended_until = NULL")
    assert (await sweep(return_state=True)).is_completed()
    assert all(row.twilio_sid for row in (await sending.rows()).values())
    assert (await sending.reload()).state == "finished"
    assert len((await twilio.get("messages"))["messages"]) == 4


async def test_a_second_sweep_ends_at_once(start: Start, tools: Equipment) -> None:
    sending = await start(1)
    async with exclusive(tools.engine, Duty.RECOVERY):
        assert (await sweep(return_state=True)).is_completed()
    assert await _coming(sending) == []
