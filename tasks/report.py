"""What the Prefect UI shows of a campaign at its end: a table whose counts add up to the audience."""

import asyncio
from uuid import UUID

from prefect import task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from models.campaigns.report import read_report
from models.messages.outlook import count_under_way
from tasks.equipment import Equipment, equipment

DELIVERY_SECONDS = 20.0
"""How long a run waits for the last delivery reports, so that the report seldom stops short of them."""


async def wait_for_deliveries(equipment: Equipment, run_id: UUID) -> None:
    """Waits until Twilio has told the end of every message it took, or for 20 seconds at most."""
    loop = asyncio.get_running_loop()
    until = loop.time() + DELIVERY_SECONDS
    while loop.time() < until:
        async with equipment.engine.connect() as connection:
            if not await count_under_way(connection, run_id):
                return
        await asyncio.sleep(1.0)
