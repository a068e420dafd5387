"""A planned campaign in the test database, and what the database says of it afterwards."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.templates import Template
from models.campaigns.plan import plan
from models.campaigns.rendering import compile_stored
from models.campaigns.runs import Run, ensure_run, load_run
from models.campaigns.tables import ONCE
from models.columns import utc_now
from models.senders import load_sender
from tasks.equipment import Equipment
from tasks.send import ChunkTally, send_chunk
from tests.integration.population import add_campaign, add_contact, phone


@dataclass(frozen=True)
class Sending:
    """A planned run and how to send a chunk of it."""

    engine: AsyncEngine
    organization_id: UUID
    run: Run
    template: Template
    service_sid: str

    async def chunk(self, equipment: Equipment, *, most: int = 500) -> ChunkTally:
        return await send_chunk(
            equipment, self.run, template=self.template, service_sid=self.service_sid, most=most
        )

    async def rows(self) -> dict[str, Any]:
        async with self.engine.connect() as connection:
            found = await connection.execute(
                text("SELECT * FROM messages WHERE campaign_run_id = :id"), {"id": self.run.id}
            )
            return {row.phone: row for row in found}

    async def states(self) -> Counter[str]:
        return Counter(row.state for row in (await self.rows()).values())

    async def reload(self) -> Run:
        async with self.engine.connect() as connection:
            return await load_run(connection, self.run.id)


async def start_campaign(
    engine: AsyncEngine, organization_id: UUID, *, people: int, country: str = "US", **campaign: Any
) -> Sending:
    """Plans a campaign to so many people who agreed to it."""
    async with engine.begin() as connection:
        for number in range(people):
            consent = {"marketing": "opted_in"}
            await add_contact(connection, organization_id, phone(number), consent=consent, country=country)
        made = await add_campaign(connection, organization_id, **campaign)
        now = utc_now()
        run = await ensure_run(connection, made, occurrence=ONCE, now=now)
        await plan(connection, made, run, now=now, window=timedelta(hours=1))
        sender = await load_sender(connection, run.sender_id)
        run = await load_run(connection, run.id)
    return Sending(engine, organization_id, run, compile_stored(made.body), sender.address)
