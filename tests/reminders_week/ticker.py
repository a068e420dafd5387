"""What runs each minute, as a process that is told when: what the flows `reminders`, `direct` and `sweep` do.

A line on standard input is an order, and a line on standard output says that it is done.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import text

from messaging.business_time import keep_time_by
from messaging.settings import load_settings
from models.columns import new_id
from models.messages.direct.sending import due_runs
from models.messages.overdue import expire_overdue
from models.watches import Watched, hold
from tasks.catching_up import catch_up
from tasks.chunk import SMALL_CHUNK, send_due
from tasks.equipment import Equipment, open_equipment
from tasks.reminders import remind
from tasks.replay import replay_webhooks
from tasks.scheduled_at_twilio import cancel_withdrawn
from tasks.settling import settle_all
from tests.reminders_week.clock import VARIABLE, SetClock

DONE = "done"
HOLD_SECONDS = 3.0
LOOK_SECONDS = 0.02
MOST_LOOKS = 500
_DOUBTFUL = text("SELECT count(*) FROM messages WHERE state IN ('claimed', 'unknown')")


async def tick(tools: Equipment, holder: UUID) -> None:
    """One look for reminders, and all that is due is sent: it is this process that sends."""
    await _until(lambda: _is_ours(tools, holder))
    await remind(tools)
    await cancel_withdrawn(tools)
    await _until(lambda: _has_sent(tools))


async def _until(is_so: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(MOST_LOOKS):
        if await is_so():
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError("what is due does not leave")


async def _is_ours(tools: Equipment, holder: UUID) -> bool:
    """Whether we are the one who sends: one that was killed is still taken for alive for a moment."""
    async with tools.engine.begin() as connection:
        return await hold(connection, Watched.DIRECT_SENDING, holder=holder, seconds=HOLD_SECONDS)


async def _has_sent(tools: Equipment) -> bool:
    """Whether nothing is due any more. A claim may be refused for a moment, as when others go first."""
    async with tools.engine.connect() as connection:
        runs = await due_runs(connection, now=tools.clock())
    for run_id in runs:
        await send_due(tools, run_id, most=SMALL_CHUNK)
    return not runs


async def recover(tools: Equipment, since: str) -> None:
    """What the first sweep does after a start: first of all it hears what was written meanwhile."""
    caught = await catch_up(tools, since=datetime.fromisoformat(since))
    assert not caught.problems, caught
    await replay_webhooks(tools)
    while await _doubtful(tools):
        await settle_all(tools)
        await asyncio.sleep(0.3)
    async with tools.engine.begin() as connection:
        await expire_overdue(connection, now=tools.clock())


async def _doubtful(tools: Equipment) -> bool:
    async with tools.engine.connect() as connection:
        return bool((await connection.execute(_DOUBTFUL)).scalar_one())


async def work() -> None:
    """Order after order, until it is killed or hears no more."""
    clock, holder = SetClock(Path(os.environ[VARIABLE])), new_id()
    keep_time_by(clock)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with open_equipment(load_settings()) as tools:
        _done()
        while order := (await lines.readline()).decode().split():
            await (tick(tools, holder) if order[0] == "tick" else recover(tools, *order[1:]))
            _done()


def _done() -> None:
    print(DONE, flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(work())
