"""Reminders that are due, as following their appointments leaves them, and what planning makes of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.reminders.store import save_rules
from tests.integration.population import phone

NOW = datetime.fromisoformat("2026-03-08T14:30:00+00:00")
START = NOW + timedelta(days=1)
RULE = "day before"

RULES = """
rules:
  - name: day before
    when: 1 day before
    text: 'See you {{ appointment.weekday }} at {{ appointment.time }}, {{ first_name }}.'
    on_cancel:
      text: 'Your visit on {{ appointment.date }} is off.'
"""

_VISIT = text("""
    WITH person AS (
        INSERT INTO contacts (organization_id, phone, first_name, country, created_at, updated_at)
        VALUES (:organization_id, :phone, 'Ada', 'US', :now, :now)
        ON CONFLICT (organization_id, phone) DO UPDATE SET phone = EXCLUDED.phone RETURNING id)
    INSERT INTO appointments (organization_id, external_id, contact_id, starts_at, timezone, kind, state,
                              created_at, updated_at)
    SELECT :organization_id, :external_id, id, :starts_at, 'America/New_York', 'checkup', 'booked', :now, :now
    FROM person
    ON CONFLICT (organization_id, external_id) DO UPDATE SET external_id = EXCLUDED.external_id RETURNING id
""")

_REMINDER = text("""
    INSERT INTO reminders (organization_id, appointment_id, rule, occasion, rule_version, starts_at, plan_at,
                           due_at, send_before, state, created_at, updated_at)
    SELECT organization_id, id, :rule, :occasion, 1, starts_at, :plan_at, :due_at, :send_before, 'waiting',
        :due_at, :due_at
    FROM appointments WHERE id = :appointment_id
    RETURNING id
""")

_STORY = text("""
    SELECT r.state, r.reason, r.due_at, r.message_id, m.state::text AS message_state, m.skip_reason, m.phone,
        m.send_after, m.send_before, m.send_at_twilio, m.body, m.withdrawn, m.campaign_run_id, m.sender_id,
        m.organization_id
    FROM reminders r LEFT JOIN messages m ON m.id = r.message_id
    WHERE r.id = :id
""")


async def set_rules(connection: AsyncConnection, organization_id: UUID, written: str = RULES) -> None:
    """The organization's rules, from now on."""
    await save_rules(connection, organization_id, written, actor="desk", now=NOW)


async def visit(connection: AsyncConnection, organization_id: UUID, number: int = 1) -> int:
    """The id of the appointment of this number's contact; nothing follows it."""
    asked = {"organization_id": organization_id, "phone": phone(number), "now": NOW, "starts_at": START}
    return int((await connection.execute(_VISIT, {**asked, "external_id": f"A-{number}"})).scalar_one())


async def remind_of(
    connection: AsyncConnection,
    appointment_id: int,
    *,
    due_at: datetime = NOW,
    plan_at: datetime | None = None,
    send_before: datetime = START,
    rule: str = RULE,
    occasion: str = "reminder",
) -> int:
    """The id of a reminder that waits."""
    values = {"due_at": due_at, "plan_at": plan_at or due_at, "send_before": send_before}
    named = {"appointment_id": appointment_id, "rule": rule, "occasion": occasion}
    return int((await connection.execute(_REMINDER, {**values, **named})).scalar_one())


async def story(connection: AsyncConnection, reminder_id: int) -> Mapping[str, Any]:
    """The reminder and its message."""
    return dict((await connection.execute(_STORY, {"id": reminder_id})).mappings().one())
