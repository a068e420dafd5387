"""A sender as a process: plans and sends every run that is not finished, by the code that the flows run."""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from messaging.settings import load_settings
from models.campaigns.plan import plan
from models.campaigns.rendering import compile_stored
from models.campaigns.runs import Run, load_run
from models.campaigns.store import load_campaign
from models.campaigns.tables import RunState
from models.senders import load_sender
from tasks.equipment import Equipment, open_equipment
from tasks.send import send_chunk

PAUSE_SECONDS = 0.2
CHUNK = 500
_OPEN_RUNS = text("SELECT id FROM campaign_runs WHERE state IN ('planning', 'sending') ORDER BY id")


async def send_for_ever() -> None:
    """Until it is killed, or the database or a bug ends it: whoever started it starts it again."""
    async with open_equipment(load_settings()) as tools:
        while True:
            async with tools.engine.connect() as connection:
                run_ids: list[UUID] = list((await connection.execute(_OPEN_RUNS)).scalars())
            for run_id in run_ids:
                await _send(tools, await _planned(tools, run_id))
            await asyncio.sleep(PAUSE_SECONDS)


async def _planned(tools: Equipment, run_id: UUID) -> Run:
    async with tools.engine.begin() as connection:
        run = await load_run(connection, run_id)
        if run.state is RunState.PLANNING:
            campaign = await load_campaign(connection, run.campaign_id)
            await plan(connection, campaign, run, now=tools.clock(), window=timedelta(hours=1))
        return await load_run(connection, run_id)


async def _send(tools: Equipment, run: Run) -> None:
    async with tools.engine.connect() as connection:
        campaign = await load_campaign(connection, run.campaign_id)
        sender = await load_sender(connection, run.sender_id)
    template = compile_stored(campaign.body)
    exhausted = False
    while not exhausted:
        tally = await send_chunk(tools, run, template=template, sender=sender.address, most=CHUNK)
        exhausted = tally.exhausted


if __name__ == "__main__":
    asyncio.run(send_for_ever())
