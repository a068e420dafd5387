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
from tasks.flow_run_state import read_state

REASON = "canceled in Prefect by a person"


async def pause_if_a_person_canceled(tools: Equipment, run_id: UUID) -> None:
    """Pauses the campaign's run, for all workers, when a person canceled the flow run that is running this."""
    state = await read_state(str(flow_run.id))
    if state is None or state.type not in (StateType.CANCELLING, StateType.CANCELLED):
        return
    async with tools.engine.begin() as connection:
        with suppress(WrongState):  # paused, finished or canceled already
            run = await load_run(connection, run_id)
            await pause(connection, run, reason=REASON, actor=Actor.PERSON, now=tools.clock())
