"""Entries of a run's timeline as events."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_NOTE = text("""
    INSERT INTO events (organization_id, kind, subject, created_at)
    SELECT r.organization_id, 'campaign.changed',
        jsonb_build_object('campaign_id', r.campaign_id, 'campaign_run_id', r.id, 'state', r.state,
                           'what', CAST(:what AS text), 'actor', CAST(:actor AS text)),
        :now
    FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id
    WHERE r.id = ANY(CAST(:run_ids AS uuid[])) AND NOT c.standing
    ORDER BY r.id
""")


async def note_campaign(
    connection: AsyncConnection, run_ids: Collection[UUID], *, what: str, actor: str, now: datetime
) -> None:
    """Notes that something happened to some runs, with the state of each as it is now."""
    values = {"run_ids": list(run_ids), "what": what, "actor": actor, "now": now}
    await connection.execute(_NOTE, values)
