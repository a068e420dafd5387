"""Entries of the consent ledger as events. A file's consents are not among them: their import has a report."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_NOTE = text("""
    INSERT INTO events (organization_id, kind, subject, created_at)
    SELECT e.organization_id, 'consent.changed',
        jsonb_build_object('consent_event_id', e.id, 'contact_id', c.id, 'message_type', e.message_type,
                           'topic', e.topic, 'channel', e.channel, 'state', e.state_after, 'method', e.method),
        :now
    FROM consent_events e LEFT JOIN contacts c ON c.organization_id = e.organization_id AND c.phone = e.phone
    WHERE e.id = ANY(CAST(:ids AS bigint[])) AND e.state_before <> e.state_after
    ORDER BY e.id
""")


async def note_consents(connection: AsyncConnection, ledger_ids: Collection[int], *, now: datetime) -> None:
    """Notes those of some ledger entries that changed a consent, by one statement."""
    if ledger_ids:
        await connection.execute(_NOTE, {"ids": list(ledger_ids), "now": now})
