"""Equipment on the simulator's account, and what a person may do while nobody listens."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from tasks.equipment import Equipment, open_equipment
from tests.conftest import MARKETING_SERVICE
from tests.simulator.running import ACCOUNT_SID, Twilio

Write = Callable[..., Awaitable[str]]
UNREACHABLE = "http://127.0.0.1:9/webhooks/twilio/inbound"


@pytest.fixture
async def tools(committed: AsyncEngine, sending_settings: Settings, twilio: Twilio) -> AsyncIterator[Equipment]:
    """Equipment of a sweep; inbound messages are compared with Twilio's list from now on."""
    await twilio.set(inbound_url=UNREACHABLE)
    async with committed.begin() as connection:
        await connection.execute(text("UPDATE organizations SET twilio_account_sid = :sid"), {"sid": ACCOUNT_SID})
        await connection.execute(
            text("""
                INSERT INTO inbound_checks (organization_id, complete_until, checked_at)
                SELECT id, clock_timestamp(), clock_timestamp() FROM organizations
            """)
        )
    quick = {"tidings_settle_requests_per_second": 1_000.0}
    async with open_equipment(sending_settings.model_copy(update=quick)) as equipment:
        yield equipment


@pytest.fixture
def write(twilio: Twilio) -> Write:
    """A person writes to our marketing service, and the webhook is not reached; returns the SID."""

    async def write(person: str, body: str, **fields: Any) -> str:
        said = await twilio.say(person, body, messaging_service_sid=MARKETING_SERVICE, **fields)
        assert said["webhook_status"] is None
        return str(said["sid"])

    return write


async def come_back(engine: AsyncEngine) -> None:
    """The receiver was away, and is back since now."""
    async with engine.begin() as connection:
        await connection.execute(
            text("""
                INSERT INTO receiver_beats (id, beat_at, up_since)
                VALUES (1, clock_timestamp(), clock_timestamp())
                ON CONFLICT (id) DO UPDATE SET beat_at = clock_timestamp(), up_since = clock_timestamp()
            """)
        )


async def go_away(engine: AsyncEngine) -> None:
    """The receiver's last sign of life is a minute old."""
    async with engine.begin() as connection:
        await connection.execute(
            text("""
                INSERT INTO receiver_beats (id, beat_at, up_since)
                VALUES (1, clock_timestamp() - interval '1 minute', clock_timestamp() - interval '1 hour')
                ON CONFLICT (id) DO UPDATE SET beat_at = EXCLUDED.beat_at
            """)
        )


async def found(engine: AsyncEngine, query: str) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def complete_until(engine: AsyncEngine) -> datetime:
    ((moment,),) = await found(engine, "SELECT complete_until FROM inbound_checks")
    assert isinstance(moment, datetime)
    return moment
