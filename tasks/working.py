"""What every flow run does that works on a campaign run: it tells the timeline, shows life, and stops gently."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

from tasks.attendance import attended
from tasks.cancellation import pause_if_a_person_canceled
from tasks.equipment import Equipment
from tasks.stopping import until_told_to_stop
from tasks.tending import tended

Work = Callable[[Equipment, UUID], Coroutine[None, None, None]]


@asynccontextmanager
async def working_on(tools: Equipment, run_id: UUID, *, work: Work) -> AsyncIterator[None]:
    """Does the work to its end, then the body; a stop ends both in order, a person's cancel pauses the run."""
    async with attended(tools, run_id), tended(tools, run_id):
        canceled = partial(pause_if_a_person_canceled, tools, run_id)
        await until_told_to_stop(work(tools, run_id), when_told=canceled)
        yield
