"""The API's sign of life in the database: the sweep sees by it when webhooks may have been missed."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.gaps.beats import EVERY_SECONDS, beat

log = structlog.get_logger(__name__)


async def keep_beating(engine: AsyncEngine) -> None:
    """Gives the sign until canceled; without its database the receiver takes nothing, and counts as away."""
    silent = False
    while True:
        try:
            async with asyncio.timeout(EVERY_SECONDS), engine.begin() as connection:
                await beat(connection)
            silent = False
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            if not silent:
                log.warning("no sign of life", reason=type(error).__name__)
            silent = True
        await asyncio.sleep(EVERY_SECONDS)
