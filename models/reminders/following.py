"""Reminders follow their appointments: made, moved, taken back and brought again, set-wise."""

from collections.abc import Collection
from datetime import datetime
from itertools import starmap
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.policy.quiet_hours_section import hours_of
from models.policy.store import load_policy
from models.reminders.following_sql import APPOINTMENTS, LOCK, REMINDERS
from models.reminders.gathering import Gathering
from models.reminders.objections import Followed
from models.reminders.steps import Standing
from models.reminders.store import hold_rules
from models.reminders.wanting import Look
from models.reminders.withdrawing import withdraw
from models.reminders.writing import add, change
from models.senders import MessageType


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
    stored = await hold_rules(connection, organization_id) if appointment_ids else None
    if stored is None:
        return
    hours = hours_of((await load_policy(connection, organization_id)).quiet_hours)
    quiet = hours if MessageType.TRANSACTIONAL in hours.applies_to else None
    look = Look(stored.rules, now, quiet, catch_up)
    asked = {"organization_id": organization_id, "ids": list(appointment_ids), "now": now}
    await connection.execute(LOCK, asked)
    appointments = await connection.execute(APPOINTMENTS, asked)
    reminders = await connection.execute(REMINDERS, asked)
    gathered = Gathering(look, stored)
    gathered.take(starmap(Followed, appointments), map(Standing.of, reminders))
    await withdraw(connection, gathered.withdrawn, now=now)
    await change(connection, gathered.steps, now=now)
    await add(connection, organization_id, gathered.additions, version=stored.version, now=now)
