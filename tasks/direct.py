"""Sends direct messages as they come: looks twice a second, and ends when none came for ten minutes."""

import asyncio
from collections.abc import Sequence

from models.columns import new_id
from models.messages.at_twilio.canceling import SOON
from models.messages.direct.sending import DueRun, due_standing
from models.reminders.late import put_off_late
from models.watches import Watched, hold, release
from tasks.chunk import send_due
from tasks.direct_lanes import Lanes, chunk_of
from tasks.equipment import Equipment
from tasks.scheduled_at_twilio import cancel_withdrawn
from tasks.tending import SHARE_OF_LEASE, SIGNS
from tasks.uncut import uncut

LOOK_SECONDS = 0.5
"""A message to a sender at work leaves within a second of its commit."""
IDLE_SECONDS = 600.0
CANCEL_SECONDS = 2.0
"""Between two looks at what Twilio sends soon."""


async def send_direct(tools: Equipment, *, idle_seconds: float = IDLE_SECONDS) -> None:
    """Sends what is due of every standing run until nothing was for `idle_seconds`.

    Ends at once while another process does it, or when it was taken for dead and another took over.
    """
    watch = _Watch(tools)
    while await watch.is_ours():
        try:
            await _put_off_late(tools)
            await _serve(tools, watch, idle_seconds=idle_seconds)
        finally:
            await uncut(watch.end())
        if not await _due(tools):  # someone may have planned on seeing us at work, a moment before the release
            return


class _Watch:
    """The duty, renewed well before it runs out."""

    def __init__(self, tools: Equipment) -> None:
        self._tools = tools
        self._holder = new_id()
        self._seconds = tools.settings.tidings_lease_seconds * SHARE_OF_LEASE
        self._renew_at = 0.0

    async def is_ours(self) -> bool:
        """Whether this process holds the duty now."""
        if _now() < self._renew_at:
            return True
        self._renew_at = _now() + self._seconds / SIGNS
        async with self._tools.engine.begin() as connection:
            return await hold(connection, Watched.DIRECT_SENDING, holder=self._holder, seconds=self._seconds)

    async def end(self) -> None:
        """Gives the duty up, so that whoever plans from now on starts someone."""
        self._renew_at = 0.0
        async with self._tools.engine.begin() as connection:
            await release(connection, Watched.DIRECT_SENDING, holder=self._holder)


async def _serve(tools: Equipment, watch: _Watch, *, idle_seconds: float) -> None:
    lanes = Lanes()
    busy_at = cancel_at = _now()

    async def lane(run: DueRun) -> None:
        nonlocal busy_at
        try:
            tally = await send_due(tools, run.id, most=chunk_of(run))
        finally:
            lanes.leave(run)
        if tally.taken or tally.set_aside:
            busy_at = _now()

    async with asyncio.TaskGroup() as group:
        while (lanes.taken or _now() - busy_at < idle_seconds) and await watch.is_ours():
            for run in lanes.admit(await _due(tools)):
                group.create_task(lane(run))
            if _now() >= cancel_at:
                cancel_at = _now() + CANCEL_SECONDS
                group.create_task(cancel_withdrawn(tools, within=SOON))
            await asyncio.sleep(LOOK_SECONDS)


async def _put_off_late(tools: Equipment) -> None:
    """After an outage nothing is sent before it is known which reminders are late, and may not leave by night."""
    async with tools.engine.begin() as connection:
        await put_off_late(connection, now=tools.clock())


async def _due(tools: Equipment) -> Sequence[DueRun]:
    async with tools.engine.connect() as connection:
        return await due_standing(connection, now=tools.clock())


def _now() -> float:
    return asyncio.get_running_loop().time()
