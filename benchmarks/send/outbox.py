"""A planned campaign for Tidings to send, and what the database says of it afterwards."""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from benchmarks.database import open_bench
from benchmarks.population import add_campaign, add_people
from messaging.settings import Settings
from models.campaigns.plan import plan
from models.campaigns.runs import ensure_run
from models.campaigns.tables import ONCE
from models.columns import utc_now


def planned_run(settings: Settings, *, people: int) -> UUID:
    """Plans a campaign to so many people; returns its run."""

    async def planned() -> UUID:
        async with open_bench(settings) as (engine, organization_id), engine.begin() as connection:
            await add_people(connection, organization_id, people=people)
            campaign = await add_campaign(connection, organization_id)
            run = await ensure_run(connection, campaign, occurrence=ONCE, now=utc_now())
            await plan(connection, campaign, run, now=utc_now(), window=timedelta(hours=48))
        return run.id

    return asyncio.run(planned())


def recorded(settings: Settings) -> int:
    """How many messages have their SID."""

    async def counted() -> int:
        async with open_bench(settings) as (engine, _), engine.connect() as connection:
            found = await connection.execute(text("SELECT count(*) FROM messages WHERE twilio_sid IS NOT NULL"))
            return int(found.scalar_one())

    return asyncio.run(counted())
