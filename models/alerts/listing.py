"""Alerts for people who look: of an organization or all, or of one run."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.alert_rules import AlertKind, sentence

_COLUMNS = """
    SELECT a.id, a.kind, a.sender_id, a.campaign_run_id, c.name AS campaign, a.counted, a.total, a.threshold,
        a.window_seconds, a.paused, a.raised_at, a.ended_at
    FROM alerts a
    LEFT JOIN campaign_runs r ON r.id = a.campaign_run_id LEFT JOIN campaigns c ON c.id = r.campaign_id
"""

_LIST = text(f"""{_COLUMNS}
    WHERE (CAST(:organization_id AS uuid) IS NULL OR a.organization_id = :organization_id)
        AND (:ended OR a.ended_at IS NULL)
    ORDER BY a.id DESC LIMIT :most
""")

_OF_RUN = text(f"{_COLUMNS} WHERE a.campaign_run_id = :run_id ORDER BY a.id")

_OPEN = text("SELECT count(*) FROM alerts WHERE ended_at IS NULL")


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert; `campaign` is the name of its campaign, None for a sender's. Open while `ended_at` is None."""

    id: int
    kind: str
    sender_id: UUID
    campaign_run_id: UUID | None
    campaign: str | None
    counted: int
    total: int
    threshold: float
    window_seconds: float
    paused: bool
    raised_at: datetime
    ended_at: datetime | None

    @property
    def reason(self) -> str:
        """For people."""
        return sentence(
            AlertKind(self.kind),
            counted=self.counted,
            total=self.total,
            threshold=self.threshold,
            window_seconds=self.window_seconds,
        )

    def to_json(self) -> dict[str, Any]:
        """For machines: ids and times as text."""
        return {
            "id": self.id,
            "kind": self.kind,
            "sender_id": str(self.sender_id),
            "campaign_run_id": str(self.campaign_run_id) if self.campaign_run_id else None,
            "campaign": self.campaign,
            "counted": self.counted,
            "total": self.total,
            "threshold": self.threshold,
            "window_seconds": self.window_seconds,
            "reason": self.reason,
            "paused": self.paused,
            "raised_at": self.raised_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }


async def list_alerts(
    connection: AsyncConnection, *, organization_id: UUID | None, ended: bool, most: int
) -> list[AlertLine]:
    """The newest alerts of an organization, or of all; open ones only, unless `ended` ones are asked for too."""
    asked = {"organization_id": organization_id, "ended": ended, "most": most}
    return [AlertLine(**row) for row in (await connection.execute(_LIST, asked)).mappings()]


async def alerts_of_run(connection: AsyncConnection, run_id: UUID) -> list[AlertLine]:
    """All of a campaign run, oldest first."""
    return [AlertLine(**row) for row in (await connection.execute(_OF_RUN, {"run_id": run_id})).mappings()]


async def count_open(connection: AsyncConnection) -> int:
    """How many alerts are open, of all organizations."""
    return int((await connection.execute(_OPEN)).scalar_one())
