"""How many of a run's messages may still be sent again by settling."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_UNSETTLED = text("""
    SELECT count(*) FROM messages m
    LEFT JOIN settlements s ON s.message_id = m.id AND s.claim_id = m.claim_id
    WHERE m.campaign_run_id = :run_id AND m.state = 'unknown' AND s.verdict IS DISTINCT FROM 'review'
""")


async def count_unsettled(connection: AsyncConnection, run_id: UUID) -> int:
    """Messages of the run with a lost answer that settling is not done with; those for a person do not count."""
    return int((await connection.execute(_UNSETTLED, {"run_id": run_id})).scalar_one())
