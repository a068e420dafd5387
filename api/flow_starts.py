"""Flows of Twilio Studio begin a moment after a person asked for them; what fails here is left to the sweep."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from models.columns import utc_now
from models.replies.flow_starts import start_flows

EVERY_SECONDS = 1.0
log = structlog.get_logger(__name__)


async def keep_starting_flows(engine: AsyncEngine, settings: Settings) -> None:
    """Starts what waits, until canceled; a database that is away is waited for."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await start_flows(engine, settings, now=utc_now())
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.debug("flows not started now", reason=type(error).__name__)
