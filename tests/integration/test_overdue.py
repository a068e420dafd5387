"""A campaign past its window: the rest expires, the report says so, the run finishes."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.plan import plan
from models.campaigns.report import read_report
from models.campaigns.runs import Run, ensure_run, load_run
from models.campaigns.tables import ONCE, RunState
from models.campaigns.timeline import What, read_timeline
from models.columns import utc_now
from models.messages.overdue import expire_overdue
from tests.integration.population import add_campaign, add_contact, phone

NOW = utc_now()
HOUR = timedelta(hours=1)


async def planned(connection: AsyncConnection, organization_id: UUID, *, people: int = 3) -> Run:
    """A run with a window of an hour from now, to so many people who agreed."""
    for number in range(people):
        await add_contact(connection, organization_id, phone(number), consent={"marketing": "opted_in"})
    campaign = await add_campaign(connection, organization_id)
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
    assert await plan(connection, campaign, run, now=NOW, window=HOUR) == people
    return await load_run(connection, run.id)


async def set_states(connection: AsyncConnection, *states: str) -> None:
    for number, state in enumerate(states):
        await connection.execute(
            text("UPDATE messages SET state = CAST(:state AS message_state) WHERE phone = :phone"),
            {"state": state, "phone": phone(number)},
        )


async def states(connection: AsyncConnection) -> Counter[str]:
    return Counter((await connection.execute(text("SELECT state::text FROM messages"))).scalars())


async def what(connection: AsyncConnection, run: Run) -> list[str]:
    return [event.what for event in await read_timeline(connection, run.id)]


async def test_nothing_expires_within_the_window(connection: AsyncConnection, organization_id: UUID) -> None:
    await planned(connection, organization_id)
    assert await expire_overdue(connection, now=NOW + HOUR - timedelta(seconds=1)) == 0
    assert await states(connection) == {"planned": 3}


@pytest.mark.parametrize("state", [RunState.SENDING, RunState.PAUSED])
async def test_the_rest_expires_and_the_run_finishes(
    connection: AsyncConnection, organization_id: UUID, state: RunState
) -> None:
    run = await planned(connection, organization_id)
    await set_states(connection, "delivered")
    await connection.execute(text("UPDATE campaign_runs SET state = :state"), {"state": state.value})
    assert await expire_overdue(connection, now=NOW + HOUR) == 2
    report = await read_report(connection, run.id, now=NOW + HOUR)
    assert (report.state, report.states["expired"], report.states["delivered"]) == ("finished", 2, 1)
    assert [event.what for event in report.timeline] == [What.PLANNED, What.EXPIRED, What.FINISHED]
    assert report.timeline[1].detail == {"messages": 2}
    assert await expire_overdue(connection, now=NOW + HOUR) == 0


async def test_a_run_is_not_finished_while_a_worker_holds_some_of_it(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    run = await planned(connection, organization_id)
    await set_states(connection, "claimed", "unknown")
    assert await expire_overdue(connection, now=NOW + HOUR) == 1
    assert await states(connection) == {"claimed": 1, "unknown": 1, "expired": 1}
    assert await what(connection, run) == [What.PLANNED, What.EXPIRED]


async def test_one_run_alone_when_it_is_named(connection: AsyncConnection, organization_id: UUID) -> None:
    run = await planned(connection, organization_id)
    other = UUID(int=1)
    assert await expire_overdue(connection, now=NOW + HOUR, run_id=other) == 0
    assert await expire_overdue(connection, now=NOW + HOUR, run_id=run.id) == 3


async def test_what_comes_back_to_a_canceled_run_is_canceled(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    run = await planned(connection, organization_id)
    await set_states(connection, "unknown")
    await connection.execute(text("UPDATE campaign_runs SET state = 'canceled'"))
    assert await expire_overdue(connection, now=NOW) == 2
    assert await states(connection) == {"unknown": 1, "canceled": 2}
    assert await what(connection, run) == [What.PLANNED]


async def test_a_campaign_may_end_its_window_itself(connection: AsyncConnection, organization_id: UUID) -> None:
    await add_contact(connection, organization_id, phone(0), consent={"marketing": "opted_in"})
    end = NOW + timedelta(minutes=5)
    campaign = await add_campaign(connection, organization_id, send_before=end)
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=NOW)
    await plan(connection, campaign, run, now=NOW, window=HOUR)
    found = await connection.execute(text("SELECT m.send_before, r.send_before FROM messages m, campaign_runs r"))
    assert [tuple(row) for row in found] == [(end, end)]
