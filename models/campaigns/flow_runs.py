"""Which flow runs worked on a run, and which of them never told their end."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_UNENDED = text("""
    SELECT began.detail->>'flow_run_id' AS id, began.detail->>'host' AS host,
        CAST(began.detail->>'pid' AS int) AS pid, CAST(began.detail->>'began' AS float) AS began
    FROM campaign_events began
    WHERE began.campaign_run_id = :run_id AND began.what = 'flow run began'
        AND NOT EXISTS (
            SELECT FROM campaign_events ended
            WHERE ended.campaign_run_id = began.campaign_run_id AND ended.what = 'flow run ended'
                AND ended.id > began.id AND ended.detail->>'flow_run_id' = began.detail->>'flow_run_id')
    ORDER BY began.id
""")


@dataclass(frozen=True, slots=True)
class Attendance:
    """A flow run and the process that it is: host, process id, and when that began (seconds since 1970)."""

    id: str
    host: str
    pid: int
    began: float

    def to_detail(self) -> dict[str, str | int | float]:
        """How a timeline keeps it."""
        return {"flow_run_id": self.id, "host": self.host, "pid": self.pid, "began": self.began}


def tag_of(run_id: UUID) -> str:
    """The tag of flow runs that work on a campaign run."""
    return f"run:{run_id}"


async def unended(connection: AsyncConnection, run_id: UUID) -> Sequence[Attendance]:
    """The flow runs that began on this run and have not told their end: at work, or lost."""
    rows = await connection.execute(_UNENDED, {"run_id": run_id})
    return [Attendance(**row) for row in rows.mappings()]
