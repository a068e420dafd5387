"""Reminders with their messages, as the database holds them once the flow has run."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.integration.appointments.calendar import START

DUE = START - timedelta(days=1)

_MESSAGE = text("""
    INSERT INTO messages (organization_id, direction, state, phone, channel, attempt, tries, appointment_id,
                          skip_reason, error_code, attempted_at, created_at, updated_at)
    SELECT organization_id, 'outbound', CAST(:state AS message_state), '+12125550123', 'sms', 1, 1, id,
        :skip_reason, :error_code, :at, :at, :at
    FROM appointments WHERE id = :appointment_id
    RETURNING id
""")

_REMINDER = text("""
    INSERT INTO reminders (organization_id, appointment_id, rule, occasion, rule_version, starts_at, plan_at,
                           due_at, send_before, state, reason, message_id, created_at, updated_at)
    SELECT organization_id, id, :rule, :occasion, 1, :starts_at, :due_at, :due_at, :starts_at, :state, :reason,
        :message_id, :due_at, :due_at
    FROM appointments WHERE id = :appointment_id
    RETURNING id
""")

_DELIVERED = text("""
    INSERT INTO message_events (message_id, twilio_sid, status, received_at)
    VALUES (:message_id, :sid, 'delivered', :at)
""")


async def reminded(
    connection: AsyncConnection,
    appointment_id: int,
    state: str = "planned",
    *,
    message: str | None = None,
    rule: str = "day before",
    occasion: str = "reminder",
    due_at: datetime = DUE,
    starts_at: datetime = START,
    reason: str | None = None,
    skip_reason: str | None = None,
    error_code: int | None = None,
) -> int:
    """The id of a reminder; `message` is the state of its message, planned and sent when it was due."""
    message_id = None
    if message is not None:
        columns = {"state": message, "skip_reason": skip_reason, "error_code": error_code, "at": due_at}
        made = await connection.execute(_MESSAGE, {**columns, "appointment_id": appointment_id})
        message_id = made.scalar_one()
        if message == "delivered":
            delivered = {
                "message_id": message_id,
                "sid": f"SM{message_id:032}",
                "at": due_at + timedelta(seconds=9),
            }
            await connection.execute(_DELIVERED, delivered)
    columns = {"rule": rule, "occasion": occasion, "state": state, "reason": reason, "message_id": message_id}
    times = {"due_at": due_at, "starts_at": starts_at}
    found = await connection.execute(_REMINDER, {**columns, **times, "appointment_id": appointment_id})
    return int(found.scalar_one())
