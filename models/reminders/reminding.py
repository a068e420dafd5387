"""Which organizations remind people in these days."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

_REMINDING = text("""
    SELECT o.id, o.slug FROM organizations o
    WHERE EXISTS (
        SELECT FROM reminders r WHERE r.organization_id = o.id
            AND r.due_at >= CAST(:now AS timestamptz) - interval '2 days'
            AND r.due_at < CAST(:now AS timestamptz) + interval '2 days')
    ORDER BY o.slug
""")


async def reminding(connection: AsyncConnection, *, now: datetime) -> Sequence[RowMapping]:
    """`id` and `slug` of each organization with reminders due within two days before or after `now`."""
    return (await connection.execute(_REMINDING, {"now": now})).mappings().all()
