"""Looks for reminders: what is due is planned, and someone is there to send it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from messaging.business_clock import BusinessClock, real_wait
from models.reminders.late import put_off_late
from models.reminders.planning import Planned, plan_due
from tasks.direct_waking import wake_direct
from tasks.equipment import Equipment

EVERY = timedelta(minutes=1)
_SHORTEST_SECONDS = 0.5
LOOKS = 1.5
"""What is due before the next look is planned already, so that it leaves at its time and not at the look's."""


@dataclass(slots=True)
class RemindersTally:
    """What a look did with reminders (see `Planned`), and whether it started a sender."""

    planned: int = 0
    skipped: int = 0
    expired: int = 0
    stuck: int = 0
    sender_started: bool = False

    def count(self, look: Planned) -> None:
        """Adds what one transaction did."""
        self.planned += look.planned
        self.skipped += look.skipped
        self.expired += look.expired
        self.stuck = look.stuck


async def looks(tools: Equipment) -> AsyncIterator[None]:
    """Comes round once a minute of business time, until the next flow run comes: by the real clock just once.

    Where business time is faster, flow runs cannot be started as often; so each of them looks many times.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + tools.settings.tidings_reminders_seconds
    wait = max(real_wait(tools.clock, EVERY), _SHORTEST_SECONDS)
    yield
    while loop.time() + wait < until:
        await asyncio.sleep(wait)
        yield


async def remind(tools: Equipment) -> RemindersTally:
    """Plans all that is due for every organization; another at the same time, or again, changes nothing more.

    What is late after an outage keeps to the hours of its rule all the same.
    """
    async with tools.engine.begin() as connection:
        await put_off_late(connection, now=tools.clock())
    tally, ahead = RemindersTally(), _ahead(tools)
    more = True
    while more:
        async with tools.engine.begin() as connection:
            look = await plan_due(connection, now=tools.clock(), ahead=ahead)
        tally.count(look)
        more = look.more
        tally.sender_started |= await wake_direct(tools, name="for reminders", ahead=ahead)
    return tally


def _ahead(tools: Equipment) -> timedelta:
    """Business time until the look after the next may come: looks come every so many real seconds."""
    pace = tools.clock.pace if isinstance(tools.clock, BusinessClock) else 1.0
    return timedelta(seconds=LOOKS * tools.settings.tidings_reminders_seconds * pace)
