"""Reminders follow their appointments: made, moved, taken back and brought again, set-wise."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection


async def follow(
    connection: AsyncConnection,
    organization_id: UUID,
    appointment_ids: Collection[int],
    *,
    now: datetime,
    catch_up: bool = True,
) -> None:
    """Brings the reminders of some of an organization's appointments in line with them and with the rules.

    In the caller's transaction, which holds the appointments' rows; again, it changes nothing. Without `catch_up`
    no reminder is made whose moment has passed already.

    A reminder that was taken back and is wanted again is `waiting` with its old message still named: it may become
    a new one only when that one is `canceled`, and if that one left after all, it is `planned` as before.
    """
    raise NotImplementedError
