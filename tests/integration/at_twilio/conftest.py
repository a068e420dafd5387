"""Business time that a test sets, for us and for the simulated Twilio, and messages that are to wait there."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from models.messages.direct.drafts import PlannedDirect
from models.messages.direct.sending import due_runs
from models.reminders.withdrawing import withdraw
from tasks.chunk import send_due
from tasks.equipment import Equipment, open_equipment
from tests.fixtures.sending import Start
from tests.integration.direct.posting import draft, post, row_of
from tests.integration.population import phone
from tests.simulator.running import ACCOUNT_SID, QUICK, Twilio

NOW = datetime(2026, 3, 9, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEASE, GRACE = 3.0, 0.5

_INCIDENTS = text("SELECT kind, detail ->> 'code' AS code FROM incidents ORDER BY id")


@dataclass
class Desk:
    """Asks Twilio to keep messages, and looks at what became of them; `now` is business time on our side."""

    engine: AsyncEngine
    twilio: Twilio
    organization_id: UUID
    now: datetime = NOW
    tools: Equipment = field(init=False)

    async def ask(self, number: int = 1, *, send_at: datetime = NOW + HOUR, **terms: Any) -> PlannedDirect:
        """A message that is to be kept by Twilio."""
        given = {"now": self.now, "send_after": send_at, "schedule_at_twilio": True, **terms}
        return await post(self.engine, self.organization_id, draft(number), **given)

    async def kept(self, number: int = 1, **terms: Any) -> PlannedDirect:
        """One that Twilio keeps."""
        planned = await self.ask(number, **terms)
        await self.send()
        assert (await self.row(planned))["state"] == "scheduled"
        return planned

    async def send(self) -> None:
        """Sends what is due now, as the direct flow does, but once."""
        async with self.engine.connect() as connection:
            due = await due_runs(connection, now=self.now)
        for run_id in due:
            await send_due(self.tools, run_id, most=100)

    async def leaves_at(self, planned: PlannedDirect, moment: datetime) -> None:
        """Asserts that it leaves us at that moment, to be sent at once."""
        self.now = moment
        await self.send()
        assert (await self.row(planned))["twilio_sid"] is not None
        assert "SendAt" not in (await self.requests())[-1]["params"]

    async def row(self, planned: PlannedDirect) -> Mapping[str, Any]:
        async with self.engine.connect() as connection:
            return await row_of(connection, planned.id)

    async def status_at_twilio(self, planned: PlannedDirect) -> str:
        return str((await self.twilio.fetch((await self.row(planned))["twilio_sid"]))["status"])

    async def time_passes_at_twilio(self, moment: datetime) -> None:
        """From now on it is this time there; it stands still."""
        await self.twilio.set(clock=f"{moment.isoformat()} x 0 since {moment.isoformat()}", delays=QUICK)

    async def withdraw(self, *planned: PlannedDirect) -> None:
        async with self.engine.begin() as connection:
            await withdraw(connection, [one.id for one in planned if one.id is not None], now=self.now)

    async def opt_out(self, number: int = 1) -> None:
        async with self.engine.begin() as connection:
            await opt_out(
                connection,
                organization_id=self.organization_id,
                phones=[phone(number)],
                method=ConsentMethod.VERBAL,
                source="a test",
                message_sids=[None],
                now=self.now,
            )

    async def requests(self) -> list[dict[str, Any]]:
        """Create requests as Twilio saw them."""
        return list((await self.twilio.get("messages"))["messages"])

    async def incidents(self) -> list[tuple[str, str | None]]:
        async with self.engine.connect() as connection:
            return [(row.kind, row.code) for row in await connection.execute(_INCIDENTS)]


@pytest.fixture
async def desk(
    committed: AsyncEngine, start: Start, twilio: Twilio, sending_settings: Settings
) -> AsyncIterator[Desk]:
    """Business time stands still at `NOW`; leases and grace are over in seconds."""
    desk = Desk(committed, twilio, (await start(0)).organization_id)
    changes = {
        "tidings_lease_seconds": LEASE,
        "tidings_request_seconds": 0.5,
        "tidings_settle_grace_seconds": GRACE,
        "tidings_settle_requests_per_second": 1_000.0,
    }
    async with committed.begin() as connection:
        await connection.execute(text("UPDATE organizations SET twilio_account_sid = :sid"), {"sid": ACCOUNT_SID})
    await desk.time_passes_at_twilio(NOW)
    settings = sending_settings.model_copy(update=changes)
    async with open_equipment(settings, clock=lambda: desk.now) as desk.tools:
        yield desk
