"""A campaign run's progress bar in the Prefect UI."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact

from models.messages.outlook import share_done
from tasks.artifact_keys import artifact_key
from tasks.equipment import Equipment

EVERY_SECONDS = 2.0
SHARE = 0.02
"""Of the time, at most, that may go into counting: a million rows are counted less often than a thousand."""


@asynccontextmanager
async def progress_bar(tools: Equipment, run_id: UUID) -> AsyncIterator[None]:
    """An artifact that shows how much of the run's audience is done with: every two seconds, or less for many."""
    artifact_id = await acreate_progress_artifact(
        progress=await _percent(tools, run_id),
        key=await artifact_key("progress", tools, run_id),
        description="Share of the audience that was sent to, or was left out for a reason.",
    )
    ticking = asyncio.create_task(_tick(tools, run_id, artifact_id=UUID(str(artifact_id))))
    try:
        yield
    finally:
        ticking.cancel()
        await asyncio.wait([ticking])
        await aupdate_progress_artifact(UUID(str(artifact_id)), progress=await _percent(tools, run_id))


async def _tick(tools: Equipment, run_id: UUID, *, artifact_id: UUID) -> None:
    clock, pause = asyncio.get_running_loop().time, EVERY_SECONDS
    while True:
        await asyncio.sleep(pause)
        began = clock()
        percent = await _percent(tools, run_id)
        pause = max(EVERY_SECONDS, (clock() - began) / SHARE)
        await aupdate_progress_artifact(artifact_id, progress=percent)


async def _percent(tools: Equipment, run_id: UUID) -> float:
    async with tools.engine.connect() as connection:
        done, audience = await share_done(connection, run_id)
    return round(100 * done / audience, 1) if audience else 100.0
