"""Organizations whose reminders are due and have nothing to leave from: people are told, once a day."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.incidents import IncidentKind
from models.senders import Channel, MessageType, no_sender

TOLD_AGAIN_AFTER = timedelta(days=1)

_TOLD = text("""
    SELECT organization_id FROM incidents
    WHERE organization_id = ANY(CAST(:ids AS uuid[])) AND kind = :kind AND seen_at > :since
""")

_TELL = text("""
    INSERT INTO incidents (organization_id, kind, detail, seen_at)
    VALUES (:organization_id, :kind, jsonb_build_object('reason', CAST(:reason AS text)), :now)
""")


async def note_senderless(
    connection: AsyncConnection, organization_ids: Collection[UUID], *, now: datetime
) -> None:
    """An incident for each of these organizations, unless it had one within a day; it says what to do."""
    if not organization_ids:
        return
    kind = IncidentKind.REMINDERS_WITHOUT_SENDER.value
    asked = {"ids": sorted(organization_ids), "kind": kind, "since": now - TOLD_AGAIN_AFTER}
    told = set((await connection.execute(_TOLD, asked)).scalars())
    for organization_id in sorted(set(organization_ids) - told):
        error = await no_sender(
            connection, organization_id=organization_id, purpose=MessageType.TRANSACTIONAL, channel=Channel.SMS
        )
        values = {"organization_id": organization_id, "kind": kind, "reason": str(error), "now": now}
        await connection.execute(_TELL, values)
