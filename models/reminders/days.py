"""Which day it is for an organization's reminders."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ZONE = text("""
    SELECT a.timezone FROM reminders r
    JOIN appointments a ON a.id = r.appointment_id AND a.organization_id = r.organization_id
    WHERE r.organization_id = :organization_id
        AND r.due_at >= CAST(:now AS timestamptz) - interval '2 days'
        AND r.due_at < CAST(:now AS timestamptz) + interval '2 days'
    GROUP BY a.timezone ORDER BY count(*) DESC, a.timezone LIMIT 1
""")


async def today_of(connection: AsyncConnection, organization_id: UUID, *, now: datetime) -> date:
    """Today where most of the appointments are that people are reminded of in these days; in UTC without any."""
    asked = {"organization_id": organization_id, "now": now}
    zone = (await connection.execute(_ZONE, asked)).scalar_one_or_none()
    return now.astimezone(ZoneInfo(zone) if zone else UTC).date()
