"""Appointments by the hundred thousand, each with a reminder that is due now, by three rules."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.population import add_people
from models.reminders.store import save_rules

_RULES = """
rules:
  - {name: three days, when: 3 days before, text: 'See you {{ appointment.date }}.'}
  - {name: evening before, when: 1 day before at 18:00, text: 'See you tomorrow at {{ appointment.time }}.'}
  - {name: two hours, when: 2 hours before, text: 'See you at {{ appointment.time }}.'}
"""

_APPOINTMENTS = text("""
    INSERT INTO appointments (organization_id, external_id, contact_id, starts_at, timezone, kind, place, state,
                              created_at, updated_at)
    SELECT organization_id, 'A-' || id, id, :now + make_interval(hours => 1 + CAST(id % 72 AS int)),
        'America/New_York', 'checkup', 'Room ' || id % 50, 'booked', :now, :now
    FROM contacts
""")

_REMINDERS = text("""
    INSERT INTO reminders (organization_id, appointment_id, rule, occasion, rule_version, starts_at, plan_at,
                           due_at, send_before, state, created_at, updated_at)
    SELECT organization_id, id, (ARRAY['three days', 'evening before', 'two hours'])[1 + id % 3], 'reminder', 1,
        starts_at, :now, :now, starts_at, 'waiting', :now, :now
    FROM appointments
""")


async def fill(engine: AsyncEngine, organization_id: UUID, *, due: int, now: datetime) -> None:
    """So many people, appointments and reminders."""
    async with engine.begin() as connection:
        await add_people(connection, organization_id, people=due)
        await connection.execute(_APPOINTMENTS, {"now": now})
        await connection.execute(_REMINDERS, {"now": now})
        await save_rules(connection, organization_id, _RULES, actor="benchmark", now=now)
    async with engine.begin() as connection:
        await connection.execute(text("ANALYZE appointments, reminders, messages"))
