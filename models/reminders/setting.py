"""Sets an organization's reminder rules: all its appointments to come follow them, batch after batch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.reminders.following import follow
from models.reminders.store import load_rules, save_rules

_BATCH = 5_000

_COMING = text("""
    SELECT starts_at, id FROM appointments
    WHERE organization_id = :organization_id AND starts_at > :now
    ORDER BY starts_at, id
""")

_LOCK = text("""
    SELECT id FROM appointments WHERE organization_id = :organization_id AND id = ANY(CAST(:ids AS bigint[]))
    ORDER BY external_id FOR NO KEY UPDATE
""")
"""In the order in which everyone locks several."""

_WAITING = text("SELECT count(*) FROM reminders WHERE organization_id = :organization_id AND state = 'waiting'")


@dataclass(frozen=True, slots=True)
class RulesSet:
    """The version that holds from now on, the appointments that follow it, and the reminders that wait."""

    version: int
    appointments: int
    waiting: int


async def set_rules(
    engine: AsyncEngine,
    organization_id: UUID,
    written: str,
    *,
    actor: str,
    now: datetime,
    catch_up: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> RulesSet:
    """Makes a checked YAML text the organization's rules, and all its appointments to come follow them.

    In a transaction for each batch: broken off, it is completed by setting the same text again. With `catch_up`
    reminders whose moment has passed come at once where they are still of use. `progress` hears of appointments.
    """
    async with engine.begin() as connection:
        await save_rules(connection, organization_id, written, actor=actor, now=now)
    async with engine.begin() as connection:
        coming = await connection.execute(_COMING, {"organization_id": organization_id, "now": now})
        ids = [row.id for row in coming]
    for place in range(0, len(ids), _BATCH):
        async with engine.begin() as connection:
            await _follow(connection, organization_id, ids[place : place + _BATCH], now=now, catch_up=catch_up)
        if progress:
            progress(min(place + _BATCH, len(ids)), len(ids))
    async with engine.begin() as connection:
        stored = await load_rules(connection, organization_id)
        waiting = (await connection.execute(_WAITING, {"organization_id": organization_id})).scalar_one()
    return RulesSet(stored.version if stored else 0, len(ids), int(waiting))


async def _follow(
    connection: AsyncConnection, organization_id: UUID, ids: list[int], *, now: datetime, catch_up: bool
) -> None:
    held = await connection.execute(_LOCK, {"organization_id": organization_id, "ids": ids})
    await follow(connection, organization_id, held.scalars().all(), now=now, catch_up=catch_up)
