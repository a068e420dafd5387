"""Tidings' own `send`: claimed, rendered, gated and recorded in PostgreSQL, without Prefect around it.

The lanes are those of `tasks.sending`; the sender's rate is far above what can be reached, so that nothing waits.
"""

import asyncio
import os
import sys
from uuid import UUID

from sqlalchemy import text

from benchmarks.send.order import Order, timed
from messaging.settings import Settings
from models.campaigns.rendering import compile_stored
from models.campaigns.runs import load_run
from models.campaigns.store import load_campaign
from models.senders import load_sender
from tasks.chunk import LARGE_CHUNK
from tasks.equipment import Equipment, open_equipment
from tasks.send import send_chunk
from tasks.sending import LANES
from tasks.settling import settle_all

RUN_ID, AGAIN = "TIDINGS_BENCH_RUN_ID", "TIDINGS_BENCH_AGAIN"
_UNSETTLED = text("SELECT count(*) FROM messages WHERE state IN ('claimed', 'unknown')")


async def send(order: Order) -> None:
    """Sends what is planned in the run, chunk after chunk in each lane."""
    settings = Settings().model_copy(
        update={"twilio_api_base_url": order.server, "tidings_in_flight": order.in_flight}
    )
    async with open_equipment(settings) as equipment:
        if AGAIN in os.environ:
            await _settle(equipment)
        run_id = UUID(os.environ[RUN_ID])
        with timed():
            await asyncio.gather(*(_lane(equipment, run_id) for _ in range(LANES)))


async def _settle(equipment: Equipment) -> None:
    """What the sweep does after a crash: leases run out, and Twilio is asked about what was under way."""
    while True:
        await settle_all(equipment)
        async with equipment.engine.connect() as connection:
            if not (await connection.execute(_UNSETTLED)).scalar_one():
                return
        await asyncio.sleep(1)


async def _lane(equipment: Equipment, run_id: UUID) -> None:
    exhausted = False
    while not exhausted:
        async with equipment.engine.connect() as connection:
            run = await load_run(connection, run_id)
            campaign = await load_campaign(connection, run.campaign_id)
            sender = await load_sender(connection, run.sender_id)
        template = compile_stored(campaign.body)
        tally = await send_chunk(equipment, run, template=template, sender=sender.address, most=LARGE_CHUNK)
        exhausted = tally.exhausted


if __name__ == "__main__":
    asyncio.run(send(Order.from_words(sys.argv[1:])))
