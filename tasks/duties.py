"""A duty of the sweep's taken over for a while, by whoever must not meet it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.errors import TidingsError
from models.exclusive import Duty, exclusive

LOOK_SECONDS = 0.25
LONGEST_SECONDS = 300.0


class DutyTaken(TidingsError):
    """Another process goes on with the duty for too long."""


@asynccontextmanager
async def taking_over(engine: AsyncEngine, duty: Duty, *, seconds: float = LONGEST_SECONDS) -> AsyncIterator[None]:
    """Waits until nobody else has the duty, and has it to the end. Raises `DutyTaken` after so long."""
    until = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until:
        async with exclusive(engine, duty) as alone:
            if alone:
                yield
                return
        await asyncio.sleep(LOOK_SECONDS)
    raise DutyTaken(
        f"Another process is at {duty.name.lower()} and does not end; run the same command again later."
    )
