"""Keeps senders and campaigns to their rates, for all workers together (GCRA over rows in PostgreSQL).

The generic cell rate algorithm (ITU-T I.371) keeps one instant for each budget: when everything granted so far
has left. A grant moves it on by its own length; nothing is granted that would leave later than `HORIZON`, so a
pause or a more urgent message never waits longer than that.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

HORIZON = 0.5
"""Seconds that a grant may start ahead; with a claim of half a second's work the last one leaves within 1 s."""

_LOCK = text("""
    SELECT key, rate, GREATEST(0, extract(epoch FROM free_at - clock_timestamp()))::double precision AS ahead
    FROM budgets WHERE key = ANY(:keys) ORDER BY key FOR UPDATE
""")

_GRANT = text("""
    UPDATE budgets
    SET free_at = GREATEST(free_at, clock_timestamp()) + make_interval(secs => CAST(:units AS float) / rate)
    WHERE key = ANY(:keys)
""")

_RATES = text("SELECT min(rate) FROM budgets WHERE key = ANY(:keys)")


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave `delay` seconds from now, then one segment each `interval` seconds."""

    delay: float
    interval: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing granted; ask again in `seconds`."""

    seconds: float


def budget_keys(*, sender_id: UUID, run_id: UUID) -> list[str]:
    """The budgets that a campaign's messages draw on: the sender's, and the run's own where it has one."""
    return [f"run:{run_id}", f"sender:{sender_id}"]


async def segments_per_second(connection: AsyncConnection, keys: Sequence[str]) -> float:
    """The lowest rate among these budgets now; infinite where there is none."""
    lowest = (await connection.execute(_RATES, {"keys": list(keys)})).scalar_one()
    return math.inf if lowest is None else float(lowest)


async def reserve(connection: AsyncConnection, keys: Sequence[str], *, units: int) -> Grant | Wait:
    """Asks every budget at once for `units` segments; all grant, or none does.

    The caller commits at once: the rows stay locked until then.
    """
    budgets = (await connection.execute(_LOCK, {"keys": list(keys)})).all()
    ahead = max((budget.ahead for budget in budgets), default=0.0)
    if ahead > HORIZON:
        return Wait(seconds=ahead - HORIZON)
    await connection.execute(_GRANT, {"keys": list(keys), "units": units})
    return Grant(delay=ahead, interval=max((1 / budget.rate for budget in budgets), default=0.0))
