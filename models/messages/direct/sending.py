"""What is due of direct messages, and who sends them: one flow run at a time, for all organizations."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    SELECT r.id, r.sender_id, s.rate, c.reminder_rule <> '' AS of_reminders FROM campaigns c
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


@dataclass(frozen=True, slots=True)
class DueRun:
    """A standing run of which something may leave; its sender's rate is in SMS segments a second."""

    id: UUID
    sender_id: UUID
    rate: float
    of_reminders: bool


async def due_standing(connection: AsyncConnection, *, now: datetime) -> Sequence[DueRun]:
    """The standing runs of which something may leave at business time `now`."""
    return [DueRun(**row) for row in (await connection.execute(_DUE, {"now": now})).mappings()]


async def due_runs(connection: AsyncConnection, *, now: datetime) -> Sequence[UUID]:
    """The ids of these runs."""
    return [run.id for run in await due_standing(connection, now=now)]


async def call_a_sender(engine: AsyncEngine) -> bool:
    """Whether the caller is to start a flow run: none is at work, and none was called a moment ago."""
    async with engine.begin() as connection:
        return await call(connection, Watched.DIRECT_SENDING, seconds=BEGINNING_SECONDS)


async def call_failed(engine: AsyncEngine) -> None:
    """The start failed: the next one who needs a flow run may try."""
    async with engine.begin() as connection:
        await uncall(connection, Watched.DIRECT_SENDING)
