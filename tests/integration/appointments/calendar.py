"""Appointments as tests make them, and what is kept of them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.changing import Change, Changed, Source, apply_changes

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
START = datetime(2026, 3, 9, 14, 30, tzinfo=UTC)
ZONE = "America/New_York"

_CONTACT = text("""
    INSERT INTO contacts (organization_id, phone, created_at, updated_at)
    VALUES (:organization_id, :phone, :now, :now) RETURNING id
""")


async def person(connection: AsyncConnection, organization_id: UUID, phone: str = "+12125550123") -> int:
    """A contact."""
    asked = {"organization_id": organization_id, "phone": phone, "now": NOW}
    return int((await connection.execute(_CONTACT, asked)).scalar_one())


async def changed(
    connection: AsyncConnection, organization_id: UUID, *changes: Change, source: Source = "direct"
) -> list[Changed]:
    """What the door makes of some changes."""
    done = await apply_changes(connection, organization_id, changes, now=NOW, actor="desk", source=source)
    return list(done)


async def booked(connection: AsyncConnection, organization_id: UUID, external_id: str = "A-1") -> Changed:
    """A new appointment of a new contact, as a file brings it."""
    contact_id = await person(connection, organization_id)
    change: Change = {
        "external_id": external_id,
        "contact_id": contact_id,
        "starts_at": START,
        "timezone": ZONE,
        "kind": "checkup",
        "attributes": {"doctor": "Reyes"},
    }
    return (await changed(connection, organization_id, change, source="file"))[0]


async def row(connection: AsyncConnection, external_id: str = "A-1") -> dict[str, Any]:
    """One appointment's columns."""
    found = await connection.execute(
        text("SELECT * FROM appointments WHERE external_id = :external_id"), {"external_id": external_id}
    )
    return dict(found.mappings().one())


async def story(connection: AsyncConnection, external_id: str = "A-1") -> list[str]:
    """What happened to one appointment, oldest first."""
    found = await connection.execute(
        text("""
            SELECT what FROM appointment_events e JOIN appointments a ON a.id = e.appointment_id
            WHERE external_id = :external_id ORDER BY e.id
        """),
        {"external_id": external_id},
    )
    return list(found.scalars())
