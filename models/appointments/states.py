"""One appointment's state changed by who knows only its id: an answer, the front desk."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.appointments.changing import Change, Changed, apply_changes
from models.appointments.tables import AppointmentState

_NAMED = text("""
    SELECT external_id FROM appointments WHERE id = :id AND organization_id = :organization_id
    FOR NO KEY UPDATE
""")


class NoSuchAppointment(TidingsError):
    """The organization has no such appointment."""

    def __init__(self, sentence: str = "There is no appointment with this id.") -> None:
        super().__init__(sentence)


async def set_state(
    connection: AsyncConnection,
    organization_id: UUID,
    appointment_id: int,
    state: AppointmentState,
    *,
    now: datetime,
    actor: str,
    message_id: int | None = None,
) -> Changed:
    """Brings one appointment into a state, with all that follows from it. Raises `NoSuchAppointment`."""
    asked = {"id": appointment_id, "organization_id": organization_id}
    external_id = (await connection.execute(_NAMED, asked)).scalar_one_or_none()
    if external_id is None:
        raise NoSuchAppointment
    change: Change = {"external_id": external_id, "state": state.value}
    done = await apply_changes(connection, organization_id, [change], now=now, actor=actor, message_id=message_id)
    return done[0]
