"""The reminders flow under a Prefect server: what is due gets its message, and someone to send it."""

from datetime import timedelta
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from sqlalchemy import text

from flows.reminders import reminders
from models.columns import utc_now
from models.messages.direct.sending import TAG
from tasks.equipment import Equipment
from tasks.reminders import RemindersTally, remind
from tests.fixtures.sending import Start
from tests.integration.reminders.due import remind_of, set_rules, story, visit

pytestmark = pytest.mark.usefixtures("flow_environment", "no_sender_comes")

HOUR = timedelta(hours=1)


async def _wait_for(tools: Equipment, owner: UUID, *, due_in: timedelta) -> int:
    due_at = utc_now() + due_in
    async with tools.engine.begin() as connection:
        await set_rules(connection, owner)
        appointment_id = await visit(connection, owner)
        return await remind_of(connection, appointment_id, due_at=due_at, send_before=due_at + HOUR)


async def _coming() -> int:
    async with get_client() as client:
        return len(await client.read_flow_runs(flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[TAG]))))


async def test_the_flow_plans_what_is_due_and_starts_one_sender(tools: Equipment, start: Start) -> None:
    owner = (await start(0)).organization_id
    reminder_id = await _wait_for(tools, owner, due_in=-HOUR / 60)
    for _ in range(2):
        await reminders()
    async with tools.engine.connect() as connection:
        told = await story(connection, reminder_id)
        messages = (await connection.execute(text("SELECT count(*) FROM messages"))).scalar_one()
    assert (told["state"], told["message_state"], messages) == ("planned", "planned", 1)
    assert await _coming() == 1


async def test_a_sender_is_there_before_the_first_is_due(tools: Equipment, start: Start) -> None:
    owner = (await start(0)).organization_id
    await _wait_for(tools, owner, due_in=timedelta(seconds=tools.settings.tidings_reminders_seconds))
    assert await remind(tools) == RemindersTally(planned=1, sender_started=True)


async def test_a_look_at_nothing_starts_nobody(tools: Equipment, start: Start) -> None:
    owner = (await start(0)).organization_id
    await _wait_for(tools, owner, due_in=HOUR)
    assert await remind(tools) == RemindersTally()
    assert await _coming() == 0
