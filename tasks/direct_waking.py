"""Sees to it that someone sends what waits in standing runs: direct messages and reminders."""

from datetime import timedelta

from models.messages.direct.sending import call_a_sender, due_runs
from tasks.equipment import Equipment
from tasks.flow_run_starts import direct_is_coming, start_direct


async def wake_direct(tools: Equipment, *, name: str, ahead: timedelta = timedelta()) -> bool:
    """Starts a flow run that sends what is due, or will be `ahead` from now, unless one is at work or comes."""
    async with tools.engine.connect() as connection:
        due = await due_runs(connection, now=tools.clock() + ahead)
    if not due or not await call_a_sender(tools.engine) or await direct_is_coming():
        return False
    await start_direct(name=name)
    return True
