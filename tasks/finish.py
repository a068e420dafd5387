"""The last step of a campaign: the run is finished, or it is said why it is not."""

from uuid import UUID

from messaging.errors import TidingsError
from models.campaigns.runs import load_run, move_run
from models.campaigns.tables import RunState
from models.campaigns.timeline import Actor, Event, What, note
from models.messages.outlook import Outlook, outlook
from tasks.equipment import Equipment


class RunPaused(TidingsError):
    """The run stopped before its end and waits for a person; the text says what to mend."""


class RunIncomplete(TidingsError):
    """Messages are left that Twilio did not take within the time that a flow run waits."""


async def finish_run(tools: Equipment, run_id: UUID) -> None:
    """Marks the run finished when nothing is planned or claimed any more.

    Raises `RunPaused` or `RunIncomplete`, which Prefect shows as the flow run's state, when something is.
    """
    async with tools.engine.begin() as connection:
        run = await load_run(connection, run_id)
        left = await outlook(connection, run_id)
        if run.stopped_because:
            raise RunPaused(f"The campaign stopped: {run.stopped_because}")
        if left.planned or left.claimed:
            raise RunIncomplete(_why_incomplete(left))
        now = tools.clock()
        if await move_run(connection, run_id, to=RunState.FINISHED, only_from=(RunState.SENDING,), now=now):
            await note(connection, run_id, Event(What.FINISHED, Actor.SYSTEM, at=now))


def _why_incomplete(left: Outlook) -> str:
    if left.claimed:
        return f"{left.claimed:,} messages are still held by another worker; start the campaign again later."
    if left.paused_countries and left.next_at is None:
        countries = ", ".join(left.paused_countries)
        return f"{left.planned:,} messages to {countries} wait: Twilio refuses that region for this account."
    return f"{left.planned:,} messages could not be sent yet; start the campaign again to send the rest."
