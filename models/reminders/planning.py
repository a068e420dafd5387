"""Plans the reminders that are due: each one message in the outbox, set-wise, in the transaction that says so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Planned:
    """What one look did: reminders that became messages, were skipped with a reason, came too late, or wait.

    `stuck` are due and wait for a sender that may send them.
    """

    planned: int = 0
    skipped: int = 0
    expired: int = 0
    stuck: int = 0


async def plan_due(connection: AsyncConnection, *, now: datetime) -> Planned:
    """Plans every organization's reminders that are due at business time `now`.

    Several may do so at once, and again: each reminder becomes one message. What is past its use becomes none.
    """
    raise NotImplementedError
