"""Slows a sender down for all workers when Twilio finds it too fast, and closes it for as long as Twilio asks."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.pacing import sender_key, standings
from models.throttle import share_after_complaint

LONGEST_SECONDS = 86_400.0
"""Nothing that Twilio answers closes a sender for more than a day."""
A_PERSONS_SECONDS = 900.0
"""A sender that is closed for longer than this may be opened by a person who knows better."""

_CUT = text("UPDATE budgets SET share = :share, slowed_at = clock_timestamp() WHERE key = :key")

_CLOSE = text("""
    UPDATE budgets SET closed_until = clock_timestamp() + make_interval(secs => :seconds)
    WHERE key = :key
        AND (closed_until IS NULL OR closed_until < clock_timestamp() + make_interval(secs => :seconds))
""")

_OPEN = text("""
    UPDATE budgets SET closed_until = NULL
    WHERE key = :key AND closed_until > clock_timestamp() + make_interval(secs => :seconds)
""")


async def slow_down(connection: AsyncConnection, sender_id: UUID) -> float | None:
    """Halves the sender's speed; returns its share of its rate now, or None when it was just halved."""
    budgets = await standings(connection, [sender_key(sender_id)], lock=True)
    for budget in budgets:
        share = share_after_complaint(budget.share, seconds=budget.slowed_for)
        if share is not None:
            await connection.execute(_CUT, {"key": budget.key, "share": share})
            return share
    return None


async def close_sender(connection: AsyncConnection, sender_id: UUID, *, seconds: float) -> bool:
    """Grants nothing more by the sender for so long (a day at most); says whether that is longer than before."""
    values = {"key": sender_key(sender_id), "seconds": min(seconds, LONGEST_SECONDS)}
    return (await connection.execute(_CLOSE, values)).rowcount == 1


async def open_sender(connection: AsyncConnection, sender_id: UUID) -> bool:
    """A person's word that a sender which was closed for hours may send again; a short wait stays as it is."""
    values = {"key": sender_key(sender_id), "seconds": A_PERSONS_SECONDS}
    return (await connection.execute(_OPEN, values)).rowcount == 1
