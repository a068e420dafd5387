"""Entries of a run's timeline as events."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_NOTE = text("""
    INSERT INTO events (organization_id, kind, subject, created_at)
    SELECT organization_id, 'campaign.changed',
        jsonb_build_object('campaign_id', campaign_id, 'campaign_run_id', id, 'state', state,
                           'what', CAST(:what AS text), 'actor', CAST(:actor AS text)),
        :now
    FROM campaign_runs WHERE id = ANY(CAST(:run_ids AS uuid[]))
    ORDER BY id
""")


async def note_campaign(
    connection: AsyncConnection, run_ids: Collection[UUID], *, what: str, actor: str, now: datetime
) -> None:
    """Notes that something happened to some runs, with the state of each as it is now."""
    values = {"run_ids": list(run_ids), "what": what, "actor": actor, "now": now}
    await connection.execute(_NOTE, values)
