"""Direct messages under a Prefect server: what the sweep takes up, and the flow that sends them."""

from functools import partial

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from sqlalchemy import text

from deployments.catalogue import catalogue
from flows import direct as direct_flow
from messaging.settings import Settings
from models.messages.direct.sending import TAG
from tasks.direct import send_direct
from tasks.equipment import Equipment
from tasks.recovery import recover
from tests.fixtures.sending import Start
from tests.integration.direct.posting import draft, post, row_of

pytestmark = pytest.mark.usefixtures("flow_environment", "no_sender_comes")


async def _coming() -> int:
    async with get_client() as client:
        return len(await client.read_flow_runs(flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[TAG]))))


async def test_what_nobody_sends_is_taken_up_by_one_flow_run(
    start: Start, equipment: Equipment, flow_environment: Settings
) -> None:
    for deployment in catalogue(flow_environment):
        await deployment.aapply()
    organization_id = (await start(0)).organization_id
    async with equipment.engine.begin() as connection:
        await connection.execute(text("UPDATE campaign_runs SET state = 'finished'"))
    assert (await recover(equipment)).taken_up == 0
    await post(equipment.engine, organization_id, draft(1))
    assert (await recover(equipment)).taken_up == 1
    async with equipment.engine.begin() as connection:
        await connection.execute(text("UPDATE watches SET called_until = NULL"))
    assert (await recover(equipment)).taken_up == 0, "one waits for a worker already"
    assert await _coming() == 1


async def test_the_flow_sends_what_is_due_and_ends(
    start: Start, equipment: Equipment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct_flow, "send_direct", partial(send_direct, idle_seconds=0.1))
    planned = await post(equipment.engine, (await start(0)).organization_id, draft(1))
    await direct_flow.direct()
    async with equipment.engine.connect() as connection:
        assert (await row_of(connection, planned.id))["twilio_sid"] is not None
