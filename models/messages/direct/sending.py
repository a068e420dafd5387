"""What is due of direct messages, and who sends them: one flow run at a time, for all organizations."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.watches import Watched, call, uncall

DEPLOYMENT = "direct/direct"
TAG = "direct messages"
"""Of the deployment, and so of its flow runs, by which one that waits for a worker is found."""
BEGINNING_SECONDS = 30.0
"""How long a flow run may take from its start to its first sign of life, before another is started."""

_DUE = text("""
    SELECT r.id FROM campaigns c
    JOIN campaign_runs r ON r.campaign_id = c.id JOIN senders s ON s.id = r.sender_id
    WHERE c.standing AND r.state = 'sending' AND s.state = 'active'
        AND EXISTS (
            SELECT FROM messages m
            WHERE m.campaign_run_id = r.id AND m.state = 'planned' AND m.send_after <= :now
                AND NOT EXISTS (
                    SELECT FROM country_pauses p WHERE p.sender_id = m.sender_id AND p.country = m.country))
        AND NOT EXISTS (
            SELECT FROM budgets b WHERE b.key = 'sender:' || s.id AND b.closed_until > clock_timestamp())
    ORDER BY r.id
""")


async def due_runs(connection: AsyncConnection, *, now: datetime) -> Sequence[UUID]:
    """The standing runs of which something may leave at business time `now`."""
    return (await connection.execute(_DUE, {"now": now})).scalars().all()


async def call_a_sender(engine: AsyncEngine) -> bool:
    """Whether the caller is to start a flow run: none is at work, and none was called a moment ago."""
    async with engine.begin() as connection:
        return await call(connection, Watched.DIRECT_SENDING, seconds=BEGINNING_SECONDS)


async def call_failed(engine: AsyncEngine) -> None:
    """The start failed: the next one who needs a flow run may try."""
    async with engine.begin() as connection:
        await uncall(connection, Watched.DIRECT_SENDING)
