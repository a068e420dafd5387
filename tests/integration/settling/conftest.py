"""Equipment whose leases and grace are over in seconds."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from tasks.equipment import Equipment, open_equipment
from tests.simulator.running import ACCOUNT_SID

LEASE, GRACE = 3.0, 0.5

_EARLIER = (
    text("UPDATE messages SET claimed_at = claimed_at - make_interval(secs => :seconds)"),
    text("UPDATE settlements SET look_again_at = look_again_at - make_interval(secs => :seconds)"),
)


@pytest.fixture
async def hasty(committed: AsyncEngine, sending_settings: Settings) -> AsyncIterator[Equipment]:
    """Equipment with a lease of three seconds and half a second of grace."""
    changes = {
        "tidings_lease_seconds": LEASE,
        "tidings_request_seconds": 0.5,
        "tidings_settle_grace_seconds": GRACE,
        "tidings_settle_requests_per_second": 1_000.0,
    }
    async with open_equipment(sending_settings.model_copy(update=changes)) as equipment:
        async with committed.begin() as connection:
            await connection.execute(
                text("UPDATE organizations SET twilio_account_sid = :sid"), {"sid": ACCOUNT_SID}
            )
        yield equipment


async def let_grace_pass(tools: Equipment) -> None:
    """As if lease and grace were over since the last step: everything happened so much earlier."""
    async with tools.engine.begin() as connection:
        for statement in _EARLIER:
            await connection.execute(statement, {"seconds": LEASE + GRACE})
