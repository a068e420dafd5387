"""A flow run's sign of life for the run it works on: while it comes, the sweep starts nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from models.campaigns.tending import tend
from tasks.equipment import Equipment

SHARE_OF_LEASE = 1 / 3
"""How long a sign of life counts; a message's lease is longer, so its run is taken up before it is settled."""
SIGNS = 4
"""Signs within that time, so that a slow database is not taken for a death."""
_log = structlog.get_logger(__name__)


@asynccontextmanager
async def tended(tools: Equipment, run_id: UUID) -> AsyncIterator[None]:
    """Gives the sign from here to the end."""
    seconds = tools.settings.tidings_lease_seconds * SHARE_OF_LEASE
    await _sign(tools, run_id, seconds=seconds)
    signing = asyncio.create_task(_keep_signing(tools, run_id, seconds=seconds))
    try:
        yield
    finally:
        signing.cancel()
        await asyncio.wait([signing])


async def _keep_signing(tools: Equipment, run_id: UUID, *, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds / SIGNS)
        try:
            await _sign(tools, run_id, seconds=seconds)
        except SQLAlchemyError as error:
            _log.warning("no_sign_of_life", run_id=str(run_id), error=type(error).__name__)


async def _sign(tools: Equipment, run_id: UUID, *, seconds: float) -> None:
    async with tools.engine.begin() as connection:
        await tend(connection, run_id, seconds=seconds)
