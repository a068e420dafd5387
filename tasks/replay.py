"""Handles what webhooks delivered and could not be handled then: once through all that waits."""

import structlog

from models.webhook_replay import replay, unprocessed
from tasks.equipment import Equipment

BATCH = 500
_log = structlog.get_logger(__name__)


async def replay_webhooks(tools: Equipment) -> int:
    """Tries every unprocessed delivery once, each in a transaction of its own; returns how many were handled."""
    handled = failed = after = 0
    while ids := await _waiting(tools, after=after):
        for event_id in ids:
            async with tools.engine.begin() as connection:
                done = await replay(connection, event_id, now=tools.clock())
            handled, failed = handled + done, failed + (not done)
        after = ids[-1]
    if handled or failed:
        _log.info("webhooks_replayed", handled=handled, failed=failed)
    return handled


async def _waiting(tools: Equipment, *, after: int) -> list[int]:
    async with tools.engine.connect() as connection:
        return list(await unprocessed(connection, after=after, most=BATCH))
