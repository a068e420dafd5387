"""Slows a sender down for all workers when Twilio finds it too fast, and closes it for as long as Twilio asks."""

from dataclasses import asdict, dataclass
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
    UPDATE budgets b
    SET closed_until = GREATEST(b.closed_until, clock_timestamp() + make_interval(secs => :seconds))
    FROM (SELECT key, closed_until FROM budgets WHERE key = :key FOR UPDATE) AS before
    WHERE b.key = before.key
    RETURNING COALESCE(before.closed_until, '-infinity') <= clock_timestamp()
""")

_OPEN = text("""
    UPDATE budgets SET closed_until = NULL
    WHERE key = :key AND closed_until > clock_timestamp() + make_interval(secs => :seconds)
""")


@dataclass(frozen=True, slots=True)
class Slowed:
    """A sender after a cut: its share of its rate, in segments per second; `was_well` when it had all before."""

    share: float
    segments_per_second: float
    was_well: bool


async def slow_down(connection: AsyncConnection, sender_id: UUID) -> Slowed | None:
    """Halves the sender's speed, for all workers; None when it was just halved (or has no budget)."""
    for budget in await standings(connection, [sender_key(sender_id)], lock=True):
        share = share_after_complaint(budget.share, seconds=budget.slowed_for)
        if share is not None:
            await connection.execute(_CUT, {"key": budget.key, "share": share})
            return Slowed(share, budget.rate * share, was_well=budget.share_now == 1.0)
    return None


async def close_sender(connection: AsyncConnection, sender_id: UUID, *, seconds: float) -> bool:
    """Grants nothing by the sender for so long at least (a day at most); says whether it was open until now."""
    values = {"key": sender_key(sender_id), "seconds": min(seconds, LONGEST_SECONDS)}
    return bool((await connection.execute(_CLOSE, values)).scalar_one_or_none())


async def open_sender(connection: AsyncConnection, sender_id: UUID) -> bool:
    """A person's word that a sender which was closed for hours may send again; a short wait stays as it is."""
    values = {"key": sender_key(sender_id), "seconds": A_PERSONS_SECONDS}
    return (await connection.execute(_OPEN, values)).rowcount == 1


@dataclass(frozen=True, slots=True)
class Pace:
    """What Twilio's complaints left of a sender's rate, in segments per second, and for how long it rests."""

    segments_per_second: float
    rate: float
    rests_seconds: float

    def to_json(self) -> dict[str, float]:
        """For machines, to two decimals."""
        return {name: round(value, 2) for name, value in asdict(self).items()}


async def slowed_pace(connection: AsyncConnection, sender_id: UUID) -> Pace | None:
    """The pace of a sender that is slowed down or rests now; None while it has its rate."""
    for budget in await standings(connection, [sender_key(sender_id)]):
        if budget.closed_for > 0 or budget.share_now < 1:
            return Pace(budget.segments_per_second, budget.rate, budget.closed_for)
    return None
