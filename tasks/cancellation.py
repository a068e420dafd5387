"""Tells a person's cancel from the stop of a worker: both reach a flow run as SIGTERM.

A person who cancels (in Prefect's UI, by its command or its API) sets the state Cancelling, and the runner signals
the process because of it. A worker or stack that stops signals a flow run whose state is still Running.
"""

from contextlib import suppress
from uuid import UUID

from prefect.client.schemas.objects import StateType
from prefect.runtime import flow_run

from models.campaigns.control import WrongState, pause
from models.campaigns.runs import load_run
from models.campaigns.timeline import Actor
from tasks.equipment import Equipment
from tasks.flow_run_starts import newest_flow_run
from tasks.flow_run_state import read_state

REASON = "canceled in Prefect by a person"
STOPPED = "Stopped with its worker, not by a person: the sweep goes on with the campaign."
"""The message of the state Cancelled that our runner gives to a flow run when it stops itself."""
_STOPS = (STOPPED, "Runner is shutting down.")
"""The second is that of Prefect's own runner."""


async def pause_if_a_person_canceled(tools: Equipment, run_id: UUID) -> None:
    """Pauses the campaign's run, for all workers, when a person canceled the flow run that is running this."""
    state = await read_state(str(flow_run.id))
    if state is not None and state.type in (StateType.CANCELLING, StateType.CANCELLED):
        await _pause(tools, run_id)


async def pause_if_canceled_before_it_began(tools: Equipment, run_id: UUID) -> bool:
    """Pauses the run when a person canceled its newest flow run while that waited; says whether it did.

    For the sweep, which would take such a run for one that was left lying.
    """
    newest = await newest_flow_run(run_id)
    if newest is None or newest.run_count or newest.state is None:  # start_time: Prefect sets it at the end, too
        return False
    if newest.state.type is not StateType.CANCELLED or newest.state.message in _STOPS:
        return False
    await _pause(tools, run_id)
    return True


async def _pause(tools: Equipment, run_id: UUID) -> None:
    async with tools.engine.begin() as connection:
        with suppress(WrongState):  # paused, finished or canceled already
            run = await load_run(connection, run_id)
            await pause(connection, run, reason=REASON, actor=Actor.PERSON, now=tools.clock())
