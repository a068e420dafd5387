"""Appointments with their reminders, as tests of following look at them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.changing import Change, apply_changes
from models.reminders.following import follow
from models.reminders.store import save_rules
from tests.integration.appointments.calendar import ZONE, person

BOOKED = datetime.fromisoformat("2026-03-01T12:00:00+00:00")

RULES = """
rules:
  - name: day
    when: 24 hours before
    text: 'Tomorrow.'
    on_cancel: {text: 'It is off.'}
  - name: soon
    when: 2 hours before
    text: 'Soon.'
    only_if_unconfirmed: true
"""

_ALL = text("""
    SELECT r.*, m.state::text AS message_state FROM reminders r
    JOIN appointments a ON a.id = r.appointment_id LEFT JOIN messages m ON m.id = r.message_id
    WHERE a.external_id = :external_id ORDER BY r.starts_at, r.due_at, r.id
""")

_MESSAGE_IS = text("""
    UPDATE messages SET state = CAST(:state AS message_state) WHERE id = (
        SELECT r.message_id FROM reminders r JOIN appointments a ON a.id = r.appointment_id
        WHERE a.external_id = :external_id AND r.rule = :rule AND r.occasion = 'reminder'
        ORDER BY r.message_id DESC NULLS LAST LIMIT 1)
""")


async def ruled(connection: AsyncConnection, organization_id: UUID, written: str = RULES) -> None:
    """The organization's rules."""
    await save_rules(connection, organization_id, written, actor="desk", now=BOOKED)


async def change(
    connection: AsyncConnection,
    organization_id: UUID,
    *,
    now: datetime = BOOKED,
    external_id: str = "A-1",
    **said: Any,
) -> None:
    """Changes an appointment through the one door, at a moment."""
    given: Change = {"external_id": external_id, **said}  # type: ignore[typeddict-item]  # as tests name them
    await apply_changes(connection, organization_id, [given], now=now, actor="desk")


async def visit(connection: AsyncConnection, organization_id: UUID, start: datetime, **said: Any) -> int:
    """The contact of a new appointment A-1."""
    contact_id = await person(connection, organization_id)
    booking = {"contact_id": contact_id, "starts_at": start, "timezone": ZONE, "kind": "checkup"}
    await change(connection, organization_id, **{**booking, **said})
    return contact_id


async def again(
    connection: AsyncConnection, organization_id: UUID, *, now: datetime = BOOKED, catch_up: bool = True
) -> None:
    """Follows every appointment once more."""
    ids = (await connection.execute(text("SELECT id FROM appointments ORDER BY external_id"))).scalars().all()
    await follow(connection, organization_id, ids, now=now, catch_up=catch_up)


async def reminders(connection: AsyncConnection, external_id: str = "A-1") -> list[dict[str, Any]]:
    """Every reminder of an appointment, by its start and its instant."""
    found = await connection.execute(_ALL, {"external_id": external_id})
    return [dict(each) for each in found.mappings()]


async def states(connection: AsyncConnection, external_id: str = "A-1") -> list[tuple[str, str]]:
    """Rule and state of every reminder."""
    return [(each["rule"], each["state"]) for each in await reminders(connection, external_id)]


async def message_is(connection: AsyncConnection, state: str, rule: str = "day", external_id: str = "A-1") -> None:
    """The state of the newest message of a rule, from now on."""
    await connection.execute(_MESSAGE_IS, {"state": state, "rule": rule, "external_id": external_id})
