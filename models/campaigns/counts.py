"""How far a run is, cheaply enough to be asked every second."""

from collections import Counter
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_COUNTS = text("""
    SELECT state::text AS state, count(*) AS messages FROM messages WHERE campaign_run_id = :run_id GROUP BY state
""")


async def count_states(connection: AsyncConnection, run_id: UUID) -> Counter[str]:
    """The run's messages by their own state, where a report would tell planned from held."""
    rows = await connection.execute(_COUNTS, {"run_id": run_id})
    return Counter({row.state: row.messages for row in rows})
