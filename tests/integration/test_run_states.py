"""The state machine of a run: what leads where, and what is refused."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.control import WrongState, cancel, change_rate, pause, resume
from models.campaigns.plan import plan
from models.campaigns.runs import Run, ensure_run, load_run
from models.campaigns.tables import ONCE, RunState
from models.campaigns.timeline import Actor, read_timeline
from models.columns import utc_now
from tests.integration.population import add_campaign

S = RunState
Control = Callable[[AsyncConnection, Run], Awaitable[Any]]
CONTROLS: dict[str, Control] = {
    "pause": lambda c, run: pause(c, run, reason="a reason", now=utc_now()),
    "resume": lambda c, run: resume(c, run, now=utc_now()),
    "cancel": lambda c, run: cancel(c, run, reason="a reason", now=utc_now()),
    "rate": lambda c, run: change_rate(c, run, 5.0, now=utc_now()),
}
LEADS_TO: dict[tuple[RunState, str], RunState] = {
    (S.SCHEDULED, "pause"): S.PAUSED,
    (S.SCHEDULED, "cancel"): S.CANCELED,
    (S.SCHEDULED, "rate"): S.SCHEDULED,
    (S.PLANNING, "pause"): S.PAUSED,
    (S.PLANNING, "cancel"): S.CANCELED,
    (S.PLANNING, "rate"): S.PLANNING,
    (S.SENDING, "pause"): S.PAUSED,
    (S.SENDING, "cancel"): S.CANCELED,
    (S.SENDING, "rate"): S.SENDING,
    (S.PAUSED, "resume"): S.SENDING,
    (S.PAUSED, "cancel"): S.CANCELED,
    (S.PAUSED, "rate"): S.PAUSED,
}
"""Everything else is refused."""


async def a_run(connection: AsyncConnection, organization_id: UUID, state: RunState) -> Run:
    """A planned run in this state."""
    campaign = await add_campaign(connection, organization_id)
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=utc_now())
    values = {"id": run.id, "state": state.value}
    await connection.execute(
        text("UPDATE campaign_runs SET state = :state, planned_at = now() WHERE id = :id"), values
    )
    return await load_run(connection, run.id)


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("state", RunState)
async def test_every_state_and_every_order(
    connection: AsyncConnection, organization_id: UUID, state: RunState, control: str
) -> None:
    run = await a_run(connection, organization_id, state)
    expected = LEADS_TO.get((state, control))
    if expected is None:
        with pytest.raises(WrongState, match=r'The run "once" of "Sale" (is|was|has) .+ and cannot be .+; .+'):
            await CONTROLS[control](connection, run)
        assert await read_timeline(connection, run.id) == []
    else:
        await CONTROLS[control](connection, run)
        assert [event.actor for event in await read_timeline(connection, run.id)] == [Actor.PERSON]
    assert (await load_run(connection, run.id)).state == (expected or state)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.sampled_from([S.SCHEDULED, S.SENDING]),
    orders=st.lists(st.sampled_from(list(CONTROLS)), max_size=8),
    age=st.integers(0, 3),
)
async def test_any_row_of_orders_ends_where_the_table_says(
    connection: AsyncConnection, organization_id: UUID, first: RunState, orders: list[str], age: int
) -> None:
    """`age`: how many orders ago whoever orders looked at the run; the order is judged by what it is now."""
    async with connection.begin_nested() as trial:
        run = await a_run(connection, organization_id, first)
        seen = [run]
        expected, obeyed = first, 0
        for order in orders:
            leads_to = LEADS_TO.get((expected, order))
            try:
                await CONTROLS[order](connection, seen[-1 - min(age, len(seen) - 1)])
            except WrongState:
                assert leads_to is None
            else:
                assert leads_to is not None
                expected, obeyed = leads_to, obeyed + 1
            seen.append(await load_run(connection, run.id))
            assert seen[-1].state == expected
        assert len(await read_timeline(connection, run.id)) == obeyed
        await trial.rollback()


@pytest.mark.parametrize("stopped", [S.PAUSED, S.CANCELED])
async def test_what_was_stopped_before_it_began_is_not_planned(
    connection: AsyncConnection, organization_id: UUID, stopped: RunState
) -> None:
    campaign = await add_campaign(connection, organization_id)
    run = await ensure_run(connection, campaign, occurrence=ONCE, now=utc_now(), state=S.SCHEDULED)
    await CONTROLS["pause" if stopped is S.PAUSED else "cancel"](connection, run)
    assert await plan(connection, campaign, run, now=utc_now(), window=timedelta(hours=1)) is None
    assert (await load_run(connection, run.id)).state == stopped
    if stopped is S.PAUSED:
        await resume(connection, await load_run(connection, run.id), now=utc_now())
        assert (await load_run(connection, run.id)).state == S.SCHEDULED
        assert await plan(connection, campaign, run, now=utc_now(), window=timedelta(hours=1)) == 0
