"""Removes events that are older than they need be kept."""

from dataclasses import dataclass
from datetime import timedelta

from models.events.retention import remove_old
from tasks.equipment import Equipment

MOST = 20_000
"""Events in one transaction."""

_BATCHES = 50


@dataclass(frozen=True, slots=True)
class RemovedEvents:
    """How many events were removed."""

    removed: int


async def remove_old_events(tools: Equipment) -> RemovedEvents:
    """Removes up to a million; the next sweep goes on."""
    before = tools.clock() - timedelta(days=tools.settings.tidings_events_days)
    removed = 0
    for _ in range(_BATCHES):
        async with tools.engine.begin() as connection:
            batch = await remove_old(connection, before=before, most=MOST)
        removed += batch
        if batch < MOST:
            break
    return RemovedEvents(removed)
