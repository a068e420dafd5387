"""Equipment whose leases and grace are over in seconds."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from tasks.equipment import Equipment, open_equipment
from tests.simulator.running import ACCOUNT_SID

LEASE, GRACE = 3.0, 0.5


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
