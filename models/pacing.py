"""Keeps senders and campaigns to their rates, for all workers together (GCRA over rows in PostgreSQL).

The generic cell rate algorithm (ITU-T I.371) keeps one instant for each budget: when everything granted so far
has left. A grant moves it on by its own length; nothing is granted that would leave later than `HORIZON`, so a
pause or a more urgent message never waits longer than that. A sender that Twilio found too fast has less than its
rate (`models.throttle`), and none of it while Twilio said to wait (`models.slowing`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.throttle import share_now

HORIZON = 0.5
"""Seconds that a grant may start ahead; with a claim of half a second's work the last one leaves within 1 s."""
LEAST_PER_SECOND = 0.1
"""Segments that every sender may try, however often Twilio complains: a claim must not outlive its lease."""
RETURN_SECONDS = 0.25
"""How long after its turn an urgent message may come back for it before bulk goes on."""

_STANDING = """
    SELECT key, rate, share,
        extract(epoch FROM clock_timestamp() - slowed_at)::double precision AS slowed_for,
        GREATEST(0, extract(epoch FROM free_at - clock_timestamp()))::double precision AS ahead,
        GREATEST(0, extract(epoch FROM closed_until - clock_timestamp()))::double precision AS closed_for,
        GREATEST(0, extract(epoch FROM urgent_until - clock_timestamp()))::double precision AS urgent_for
    FROM budgets WHERE key = ANY(:keys) ORDER BY key
"""
_LOOK = text(_STANDING)
_LOCK = text(f"{_STANDING} FOR UPDATE")

_GRANT = text("""
    UPDATE budgets b
    SET free_at = GREATEST(free_at, clock_timestamp()) + make_interval(secs => g.seconds),
        urgent_until = CASE WHEN :urgent
            THEN GREATEST(free_at, clock_timestamp())
                + make_interval(secs => g.seconds + LEAST(g.seconds, :return_seconds))
            ELSE urgent_until END
    FROM unnest(CAST(:keys AS text[]), CAST(:seconds AS float[])) AS g(key, seconds)
    WHERE b.key = g.key
""")

"""After urgent ones, bulk waits until they have left, and a moment for more of them: as long again at most."""

_KEEP_FOR_URGENT = text("""
    UPDATE budgets b SET urgent_until = clock_timestamp() + make_interval(secs => u.seconds)
    FROM unnest(CAST(:keys AS text[]), CAST(:seconds AS float[])) AS u(key, seconds)
    WHERE b.key = u.key
""")


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget now: segments per second, its share of them, and for how many seconds it is taken or closed."""

    key: str
    rate: float
    share: float
    slowed_for: float | None
    ahead: float
    closed_for: float
    urgent_for: float

    @property
    def share_now(self) -> float:
        """What Twilio's complaints left of the rate, from 0 to 1."""
        return share_now(self.share, seconds=self.slowed_for)

    @property
    def segments_per_second(self) -> float:
        """What it grants now, while it is not closed."""
        return max(self.rate * self.share_now, min(self.rate, LEAST_PER_SECOND))

    def wait(self, *, urgent: bool) -> float:
        """Seconds until it may grant anything of this urgency."""
        return max(self.ahead - HORIZON, self.closed_for, 0.0 if urgent else self.urgent_for, 0.0)


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave `delay` seconds from now, then one segment each `interval` seconds."""

    delay: float
    interval: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing granted; ask again in `seconds`. `closed`: because Twilio said to wait."""

    seconds: float
    closed: bool = False


def sender_key(sender_id: UUID) -> str:
    """The budget of everything that leaves by a sender."""
    return f"sender:{sender_id}"


def budget_keys(*, sender_id: UUID, run_id: UUID) -> list[str]:
    """The budgets that a campaign's messages draw on: the sender's, and the run's own where it has one."""
    return [f"run:{run_id}", sender_key(sender_id)]


async def standings(connection: AsyncConnection, keys: Sequence[str], *, lock: bool = False) -> list[Standing]:
    """Those of these budgets that exist, in the order of their keys; locked until the transaction ends."""
    rows: Any = await connection.execute(_LOCK if lock else _LOOK, {"keys": list(keys)})
    return [Standing(**row) for row in rows.mappings()]


async def segments_per_second(connection: AsyncConnection, keys: Sequence[str]) -> float:
    """The lowest rate among these budgets now; infinite where there is none."""
    return min((each.segments_per_second for each in await standings(connection, keys)), default=math.inf)


async def closed_seconds(connection: AsyncConnection, keys: Sequence[str]) -> float:
    """How long none of these budgets may grant anything, because Twilio said so; 0 when they may."""
    return max((each.closed_for for each in await standings(connection, keys)), default=0.0)


async def reserve(
    connection: AsyncConnection, keys: Sequence[str], *, units: int, urgent: bool = False
) -> Grant | Wait:
    """Asks every budget at once for `units` segments; all grant, or none does.

    What is `urgent` and refused for bulk's sake is next: bulk gets nothing until then. The caller commits at once:
    the rows stay locked until then.
    """
    budgets = await standings(connection, keys, lock=True)
    wait = max((budget.wait(urgent=urgent) for budget in budgets), default=0.0)
    if wait > 0:
        if urgent:
            await _keep_for_urgent(connection, budgets)
        return Wait(seconds=wait, closed=any(budget.closed_for > 0 for budget in budgets))
    spent = {budget.key: units / budget.segments_per_second for budget in budgets}
    values = {"keys": list(spent), "seconds": list(spent.values()), "urgent": urgent}
    await connection.execute(_GRANT, {**values, "return_seconds": RETURN_SECONDS})
    interval = max((1 / budget.segments_per_second for budget in budgets), default=0.0)
    return Grant(delay=max((budget.ahead for budget in budgets), default=0.0), interval=interval)


async def _keep_for_urgent(connection: AsyncConnection, budgets: Sequence[Standing]) -> None:
    taken = {budget.key: budget.ahead - HORIZON for budget in budgets if budget.ahead > HORIZON}
    seconds = [wait + RETURN_SECONDS for wait in taken.values()]
    await connection.execute(_KEEP_FOR_URGENT, {"keys": list(taken), "seconds": seconds})
