"""How many requests a key may make: a token bucket in the database, the same for all processes of the API.

One `UPDATE` a request on a table that is not logged: no write-ahead log, so nothing waits for a disk.
"""

import math
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

WINDOW = 10.0
"""Seconds' worth of requests that may come at once after a rest."""

_TAKE = text("""
    INSERT INTO api_key_budgets AS b (key_id, free_at)
    VALUES (:key_id, clock_timestamp() + make_interval(secs => :cost))
    ON CONFLICT (key_id) DO UPDATE
    SET free_at = GREATEST(b.free_at, clock_timestamp()) + make_interval(secs => :cost)
    WHERE b.free_at + make_interval(secs => :cost) <= clock_timestamp() + make_interval(secs => :window)
    RETURNING extract(epoch FROM free_at - clock_timestamp())::float8
""")

_LOOK = text("""
    SELECT extract(epoch FROM free_at - clock_timestamp())::float8 FROM api_key_budgets WHERE key_id = :key_id
""")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a request was told: whether it may pass, of how many, how many are left, seconds until more are."""

    granted: bool
    quota: int
    left: int
    wait: int


async def take(connection: AsyncConnection, key_id: UUID, *, requests_per_second: float) -> Allowance:
    """Takes one request from the key's budget, if there is one."""
    cost = 1 / requests_per_second
    window = max(WINDOW, cost)
    values = {"key_id": key_id, "cost": cost, "window": window}
    spent = (await connection.execute(_TAKE, values)).scalar_one_or_none()
    granted = spent is not None
    if spent is None:
        spent = (await connection.execute(_LOOK, {"key_id": key_id})).scalar_one_or_none() or 0.0
    left = max(0, math.floor((window - spent) / cost + 1e-9))
    wait = 0 if left else max(1, math.ceil(spent + cost - window))
    return Allowance(granted, math.floor(window / cost), left, wait)
