"""Sees to it that someone sends what waits in standing runs, and watches over what Twilio is about to send."""

from datetime import timedelta

from models.messages.at_twilio.canceling import leaves_soon
from models.messages.direct.sending import call_a_sender, due_runs
from tasks.equipment import Equipment
from tasks.flow_run_starts import direct_is_coming, start_direct


async def wake_direct(tools: Equipment, *, name: str, ahead: timedelta = timedelta()) -> bool:
    """Starts a flow run for what is due, or will be `ahead` from now, unless one is at work or comes.

    It is there in time for what Twilio sends by itself, too, to take back at once what somebody says no to.
    """
    async with tools.engine.connect() as connection:
        now = tools.clock()
        due = await due_runs(connection, now=now + ahead) or await leaves_soon(connection, now=now, ahead=ahead)
    if not due or not await call_a_sender(tools.engine) or await direct_is_coming():
        return False
    await start_direct(name=name)
    return True
