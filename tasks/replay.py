"""Handles what webhooks delivered and could not be handled then: once through all whose time has come."""

from collections import Counter

import structlog

from models.webhook_replay import Fate, replay, unprocessed
from tasks.equipment import Equipment

BATCH = 500
_log = structlog.get_logger(__name__)


async def replay_webhooks(tools: Equipment) -> int:
    """Tries every unprocessed delivery that is due, each in its own transaction; returns how many it handled."""
    fates: Counter[Fate] = Counter()
    after = 0
    while ids := await _waiting(tools, after=after):
        for event_id in ids:
            async with tools.engine.begin() as connection:
                fates[await replay(connection, event_id, now=tools.clock())] += 1
        after = ids[-1]
    if fates:
        tell = _log.error if fates[Fate.FAILED] else _log.info
        tell("webhooks_replayed", **{fate.value: fates[fate] for fate in Fate})
    return fates.total() - fates[Fate.FAILED]


async def _waiting(tools: Equipment, *, after: int) -> list[int]:
    async with tools.engine.connect() as connection:
        return list(await unprocessed(connection, after=after, most=BATCH, now=tools.clock()))
