"""The last step of a campaign: the run is finished, or it is said why it is not."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.campaigns.runs import load_run, move_run
from models.campaigns.tables import RunState
from models.campaigns.timeline import Actor, Event, What, note
from models.messages.outlook import Outlook, outlook
from models.settling.unsettled import count_unsettled
from tasks.equipment import Equipment
from tasks.report import publish_report


class RunPaused(TidingsError):
    """The run stopped before its end and waits for a person; the text says what to mend."""


class RunIncomplete(TidingsError):
    """Messages are left that Twilio did not take within the time that a flow run waits."""


async def finish_run(tools: Equipment, run_id: UUID) -> None:
    """Marks the run finished when nothing of it is left to send, to hear of or to settle.

    What others hold, or what is to be settled first, is left to whoever is last: they, or the sweep; so is what
    waits for allowed hours. Raises `RunPaused` or `RunIncomplete`, which Prefect shows as the flow run's state,
    when other messages are left to send.
    """
    async with tools.engine.begin() as connection:
        run = await load_run(connection, run_id)
        left = await outlook(connection, run_id)
        if run.stopped_because:
            raise RunPaused(f"The campaign stopped: {run.stopped_because}")
        if left.planned > left.held:
            raise RunIncomplete(_why_incomplete(left))
        if not left.planned and not left.claimed and not await count_unsettled(connection, run_id):
            await _finish(connection, run_id, now=tools.clock())


async def complete_run(tools: Equipment, run_id: UUID) -> bool:
    """Publishes the report and marks the run finished if nothing of it is left; says whether it did."""
    if not await _is_worked_off(tools, run_id):
        return False
    await publish_report(run_id)
    async with tools.engine.begin() as connection:
        return await _finish(connection, run_id, now=tools.clock())


async def _is_worked_off(tools: Equipment, run_id: UUID) -> bool:
    async with tools.engine.connect() as connection:
        run = await load_run(connection, run_id)
        left = await outlook(connection, run_id)
        unsettled = await count_unsettled(connection, run_id)
    return run.state is RunState.SENDING and not (left.planned or left.claimed or unsettled)


async def _finish(connection: AsyncConnection, run_id: UUID, *, now: datetime) -> bool:
    finished = await move_run(connection, run_id, to=RunState.FINISHED, only_from=(RunState.SENDING,), now=now)
    if finished:
        await note(connection, run_id, Event(What.FINISHED, Actor.SYSTEM, at=now))
    return finished


def _why_incomplete(left: Outlook) -> str:
    if left.paused_countries and left.next_at is None:
        countries = ", ".join(left.paused_countries)
        return f"{left.planned:,} messages to {countries} wait: Twilio refuses that region for this account."
    return f"{left.planned:,} messages could not be sent yet; the sweep goes on with them when they are due."
