"""Several flow runs on one campaign: extra `send` runs are started, and the campaign waits for what they hold."""

import asyncio
from uuid import UUID

from prefect import task
from prefect.cache_policies import NO_CACHE

from models.campaigns.runs import load_run
from models.messages.outlook import outlook
from tasks.equipment import Equipment
from tasks.flow_run_starts import start_sending
from tasks.sending import send_until_done

POLL_SECONDS = 1.0


@task(name="start shards", task_run_name="start {extra} more send runs", cache_policy=NO_CACHE)
async def start_shards(run_id: UUID, *, extra: int) -> None:
    """Starts so many `send` runs beside this flow run; any worker may take them."""
    for number in range(extra):
        await start_sending(run_id, name=f"shard {number + 2}")


async def send_with_others(tools: Equipment, run_id: UUID) -> None:
    """Sends until nothing is left that this flow run or another could send."""
    await send_until_done(tools, run_id)
    while await _others_gave_back(tools, run_id):
        await send_until_done(tools, run_id)


async def _others_gave_back(tools: Equipment, run_id: UUID) -> bool:
    """Waits for what other flow runs hold, a lease at most; whether something of it is to be sent again."""
    loop = asyncio.get_running_loop()
    until = loop.time() + tools.settings.tidings_lease_seconds
    while loop.time() < until:
        async with tools.engine.connect() as connection:
            run, left = await load_run(connection, run_id), await outlook(connection, run_id)
        if not left.claimed or run.stopped_because:
            return False
        if left.next_at is not None and left.next_at <= tools.clock():
            return True
        await asyncio.sleep(POLL_SECONDS)
    return False
