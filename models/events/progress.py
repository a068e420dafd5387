"""How far an organization's campaigns are, for whoever watches: the newest figures, not a history."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.campaigns.counts import count_states

AFTERGLOW = timedelta(minutes=10)
"""How long a finished run's late deliveries are still counted."""

_WATCHED = text("""
    SELECT r.id, r.organization_id, r.campaign_id, r.state
    FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id
    WHERE r.organization_id = ANY(CAST(:organization_ids AS uuid[])) AND NOT c.standing
        AND (r.state IN ('planning', 'sending', 'paused') OR r.finished_at > :since)
    ORDER BY r.id
""")


@dataclass(frozen=True, slots=True)
class Progress:
    """One run as it stands: its state, and its messages by theirs."""

    organization_id: UUID
    run_id: UUID
    campaign_id: UUID
    state: str
    messages: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """As other systems see it."""
        return {
            "campaign_id": str(self.campaign_id),
            "campaign_run_id": str(self.run_id),
            "state": self.state,
            "messages": self.messages,
        }


async def read_progress(
    connection: AsyncConnection, organization_ids: Collection[UUID], *, now: datetime
) -> list[Progress]:
    """The runs of some organizations that are under way, or were until a few minutes ago."""
    values = {"organization_ids": list(organization_ids), "since": now - AFTERGLOW}
    runs = (await connection.execute(_WATCHED, values)).all()
    return [
        Progress(run.organization_id, run.id, run.campaign_id, run.state, await count_states(connection, run.id))
        for run in runs
    ]
