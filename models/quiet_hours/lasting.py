"""Until when messages without an end of their own may leave: their time counts from the hours of their people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.quiet_hours.hours import Hours
from models.quiet_hours.place_key import PLACE_KEY, place_of_key

_PLACES = text(f"""
    SELECT DISTINCT {PLACE_KEY} AS place_key
    FROM contacts ct CROSS JOIN LATERAL (SELECT ct.phone, ct.country) m
    WHERE ct.organization_id = :organization_id AND ct.phone = ANY(CAST(:phones AS text[]))
""")  # noqa: S608 (only the text above is put in)


async def end_of_window(
    connection: AsyncConnection,
    phones: Sequence[str],
    hours: Hours,
    *,
    organization_id: UUID,
    at: datetime,
    window: timedelta,
) -> datetime:
    """`window` after the last opening of these people's places from `at` on: whoever sleeps loses no time."""
    found = await connection.execute(_PLACES, {"organization_id": organization_id, "phones": list(phones)})
    openings = [hours.opening(place_of_key(key), at) for key in found.scalars()]
    return max([at, *(opening for opening in openings if opening is not None)]) + window
