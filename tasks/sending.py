"""Sends a run to its end: chunk after chunk, and patience for what Twilio could not take yet."""

import asyncio
from itertools import count
from math import ceil, inf
from uuid import UUID

from models.campaigns.runs import load_run
from models.messages.outlook import next_at, planned_up_to
from models.messages.overdue import expire_overdue
from models.pacing import budget_keys, closed_seconds, segments_per_second
from tasks.chunk import chunk_size, send_one_chunk
from tasks.equipment import Equipment
from tasks.progress import progress_bar

LANES = 2
"""Chunks at once: while one records its last answers, the other keeps the sender busy."""
PATIENCE_SECONDS = 600.0
"""How long a flow run waits for messages that Twilio could not take, since the last one that it did take."""
MOMENT = 1.0
"""Between two rounds when the first sent nothing."""


async def send_until_done(tools: Equipment, run_id: UUID) -> None:
    """Sends what is due, and again what becomes due within ten minutes of the last success."""
    numbers = count(1)
    give_up_at = _now() + PATIENCE_SECONDS
    async with progress_bar(tools, run_id):
        while True:
            accepted = await _send_due(tools, run_id, numbers=numbers)
            if accepted:
                give_up_at = _now() + PATIENCE_SECONDS
            seconds = await _seconds_to_next(tools, run_id)
            if _now() + seconds > give_up_at:
                return
            await asyncio.sleep(max(seconds, 0 if accepted else MOMENT))


async def _send_due(tools: Equipment, run_id: UUID, *, numbers: "count[int]") -> int:
    """Runs chunks until nothing more is due; returns how many messages Twilio accepted."""
    async with tools.engine.begin() as connection:
        await expire_overdue(connection, now=tools.clock(), run_id=run_id)
    async with tools.engine.connect() as connection:
        run = await load_run(connection, run_id)
        keys = budget_keys(sender_id=run.sender_id, run_id=run.id)
        most = chunk_size(await segments_per_second(connection, keys))
        lanes_needed = min(LANES, ceil(await planned_up_to(connection, run_id, most=most * LANES) / most))
    async with asyncio.TaskGroup() as group:
        lanes = [group.create_task(_lane(tools, run_id, most=most, numbers=numbers)) for _ in range(lanes_needed)]
    return sum(lane.result() for lane in lanes)


async def _lane(tools: Equipment, run_id: UUID, *, most: int, numbers: "count[int]") -> int:
    accepted = 0
    while await _seconds_to_next(tools, run_id) == 0:
        tally = await send_one_chunk(run_id, number=next(numbers), most=most)
        accepted += tally.results["accepted"]
        if tally.exhausted:
            break
    return accepted


async def _seconds_to_next(tools: Equipment, run_id: UUID) -> float:
    """Until the next message of the run may leave; infinite when none will without someone's doing."""
    async with tools.engine.connect() as connection:
        run = await load_run(connection, run_id)
        moment = await next_at(connection, run_id)
        keys = budget_keys(sender_id=run.sender_id, run_id=run.id)
        closed = await closed_seconds(connection, keys)
    if run.stopped_because or moment is None:
        return inf
    return max(closed, tools.seconds_until(moment))


def _now() -> float:
    return asyncio.get_running_loop().time()
