"""A person with appointments that they were reminded of, and the words they answer with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.changing import Change, apply_changes
from tests.integration.outbox import NOW
from tests.integration.surveys.person import Person

START = NOW + timedelta(days=1)
ZONE = "America/New_York"

_MESSAGE = text("""
    INSERT INTO messages (organization_id, direction, state, phone, channel, contact_id, appointment_id,
                          send_at_twilio, attempted_at, created_at, updated_at)
    SELECT a.organization_id, 'outbound', CAST(:state AS message_state), ct.phone, :channel, ct.id, a.id,
        CAST(:send_at_twilio AS timestamptz), :at, :at, :at
    FROM appointments a JOIN contacts ct ON ct.id = a.contact_id
    WHERE a.external_id = :external_id
    RETURNING id
""")

_REMINDER = text("""
    INSERT INTO reminders (organization_id, appointment_id, rule, occasion, rule_version, starts_at, plan_at,
                           due_at, send_before, state, message_id, created_at, updated_at)
    SELECT organization_id, id, 'the day before', :occasion, 1, starts_at, :at, :at, starts_at, 'planned',
        :message_id, :at, :at
    FROM appointments WHERE external_id = :external_id
""")


@dataclass
class Patient:
    """One person at the desk of the default organization."""

    connection: AsyncConnection
    organization_id: UUID
    person: Person
    contact_id: int

    async def has(self, external_id: str = "A-1", *, reminded: timedelta | None = None, **named: Any) -> None:
        """An appointment; `reminded` so long before the first answer."""
        made = {"contact_id": self.contact_id, "starts_at": START, "timezone": ZONE, "kind": "checkup"}
        await self.change(external_id, at=NOW - timedelta(days=9), **{**made, **named})
        if reminded is not None:
            await self.reminded_of(external_id, NOW - reminded)

    async def change(self, external_id: str, *, at: datetime | None = None, **named: Any) -> None:
        """What the desk changes."""
        change: Change = {"external_id": external_id, **named}  # type: ignore[typeddict-item]  # any of its keys
        now = at or self.person.now
        await apply_changes(self.connection, self.organization_id, [change], now=now, actor="desk")

    async def reminded_of(
        self,
        external_id: str,
        at: datetime,
        *,
        state: str = "delivered",
        channel: str = "sms",
        occasion: str = "reminder",
        send_at_twilio: datetime | None = None,
    ) -> None:
        """A reminder of its start as it is now, and the message of it in this state."""
        named = {"external_id": external_id, "at": at}
        columns = {"state": state, "channel": channel, "send_at_twilio": send_at_twilio}
        message_id = (await self.connection.execute(_MESSAGE, {**named, **columns})).scalar_one()
        await self.connection.execute(_REMINDER, {**named, "occasion": occasion, "message_id": message_id})

    async def states(self) -> dict[str, str]:
        """How each appointment stands."""
        found = await self.connection.execute(text("SELECT external_id, state FROM appointments ORDER BY 1"))
        return {row.external_id: row.state for row in found}

    async def unread(self) -> int:
        """How many messages wait for a person of ours."""
        return int((await self.connection.execute(text("SELECT sum(unread) FROM conversations"))).scalar_one())


async def patient(connection: AsyncConnection, organization_id: UUID, **fields: Any) -> Patient:
    """Somebody without appointments; `fields` of the contact."""
    person = Person(connection)
    columns = {"first_name": "Ada", "locale": None, **fields}
    made = await connection.execute(
        text("""
            INSERT INTO contacts (organization_id, phone, first_name, locale, country, created_at, updated_at)
            VALUES (:organization_id, :phone, :first_name, :locale, 'US', :now, :now) RETURNING id
        """),
        {"organization_id": organization_id, "phone": person.phone, "now": NOW, **columns},
    )
    return Patient(connection, organization_id, person, int(made.scalar_one()))
