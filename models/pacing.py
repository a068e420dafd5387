"""Keeps senders and campaigns to their rates, for all workers together (GCRA over rows in PostgreSQL).

What is urgent goes ahead of reminders, and these ahead of bulk (`Urgency`).

The generic cell rate algorithm (ITU-T I.371) keeps one instant for each budget: when everything granted so far
has left. A grant moves it on by its own length; nothing is granted that would leave later than `HORIZON`, so a
pause or a more urgent message never waits longer than that. A sender that Twilio found too fast has less than its
rate (`models.throttle`), and none of it while Twilio said to wait (`models.slowing`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.throttle import share_now

HORIZON = 0.5
"""Seconds that a grant may start ahead; with a claim of half a second's work the last one leaves within 1 s."""
LEAST_PER_SECOND = 0.1
"""Segments that every sender may try, however often Twilio complains: a claim must not outlive its lease."""
RETURN_SECONDS = 0.25
"""How long after its turn a message may come back for it before what is less urgent goes on."""


class Urgency(StrEnum):
    """Who goes ahead of whom on a shared sender; campaigns that are not urgent are bulk."""

    BULK = "normal"
    REMINDER = "reminder"
    URGENT = "urgent"


_STANDING = """
    SELECT key, rate, share,
        extract(epoch FROM clock_timestamp() - slowed_at)::double precision AS slowed_for,
        GREATEST(0, extract(epoch FROM free_at - clock_timestamp()))::double precision AS ahead,
        GREATEST(0, extract(epoch FROM closed_until - clock_timestamp()))::double precision AS closed_for,
        GREATEST(0, extract(epoch FROM urgent_until - clock_timestamp()))::double precision AS urgent_for,
        GREATEST(0, extract(epoch FROM reminders_until - clock_timestamp()))::double precision AS reminders_for
    FROM budgets WHERE key = ANY(:keys) ORDER BY key
"""
_LOOK = text(_STANDING)
_LOCK = text(f"{_STANDING} FOR UPDATE")

_KEPT_UNTIL = {Urgency.URGENT: "urgent_until", Urgency.REMINDER: "reminders_until"}
"""What is less urgent gets nothing before this instant of a budget."""


def _grant(kept_until: str | None) -> TextClause:
    """After what goes ahead, the rest waits until it has left, and a moment for more: as long again at most."""
    leaves = "GREATEST(free_at, clock_timestamp()) + make_interval(secs => g.seconds"
    kept = f", {kept_until} = {leaves} + LEAST(g.seconds, {RETURN_SECONDS}))" if kept_until else ""
    return text(f"""
        UPDATE budgets b SET free_at = {leaves}){kept}
        FROM unnest(CAST(:keys AS text[]), CAST(:seconds AS float[])) AS g(key, seconds)
        WHERE b.key = g.key
    """)  # noqa: S608 (one of two columns)


def _keep(kept_until: str) -> TextClause:
    return text(f"""
        UPDATE budgets b SET {kept_until} = clock_timestamp() + make_interval(secs => k.seconds)
        FROM unnest(CAST(:keys AS text[]), CAST(:seconds AS float[])) AS k(key, seconds)
        WHERE b.key = k.key
    """)  # noqa: S608 (one of two columns)


_GRANT = {urgency: _grant(_KEPT_UNTIL.get(urgency)) for urgency in Urgency}
_KEEP = {urgency: _keep(kept_until) for urgency, kept_until in _KEPT_UNTIL.items()}


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
    reminders_for: float

    @property
    def share_now(self) -> float:
        """What Twilio's complaints left of the rate, from 0 to 1."""
        return share_now(self.share, seconds=self.slowed_for)

    @property
    def segments_per_second(self) -> float:
        """What it grants now, while it is not closed."""
        return max(self.rate * self.share_now, min(self.rate, LEAST_PER_SECOND))

    def turn_in(self, urgency: Urgency) -> float:
        """Seconds until what is as urgent as this has its turn."""
        kept = {Urgency.BULK: max(self.urgent_for, self.reminders_for), Urgency.REMINDER: self.urgent_for}
        return max(self.ahead - HORIZON, kept.get(urgency, 0.0), 0.0)

    def wait(self, urgency: Urgency) -> float:
        """Seconds until it may grant anything of this urgency."""
        return max(self.turn_in(urgency), self.closed_for)


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
    connection: AsyncConnection, keys: Sequence[str], *, units: int, urgency: Urgency = Urgency.BULK
) -> Grant | Wait:
    """Asks every budget at once for `units` segments; all grant, or none does.

    What is refused is next among all that is less urgent: that gets nothing until then. The caller commits at
    once: the rows stay locked until then.
    """
    budgets = await standings(connection, keys, lock=True)
    wait = max((budget.wait(urgency) for budget in budgets), default=0.0)
    if wait > 0:
        await _keep_turn(connection, urgency, budgets)
        return Wait(seconds=wait, closed=any(budget.closed_for > 0 for budget in budgets))
    spent = {budget.key: units / budget.segments_per_second for budget in budgets}
    await connection.execute(_GRANT[urgency], {"keys": list(spent), "seconds": list(spent.values())})
    interval = max((1 / budget.segments_per_second for budget in budgets), default=0.0)
    return Grant(delay=max((budget.ahead for budget in budgets), default=0.0), interval=interval)


async def _keep_turn(connection: AsyncConnection, urgency: Urgency, budgets: Sequence[Standing]) -> None:
    turns = {budget.key: budget.turn_in(urgency) for budget in budgets}
    kept = {key: turn + RETURN_SECONDS for key, turn in turns.items() if turn > 0}
    if urgency in _KEEP:
        await connection.execute(_KEEP[urgency], {"keys": list(kept), "seconds": list(kept.values())})
