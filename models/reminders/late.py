"""Reminders that could not leave at their time, after an outage or a pause, keep to the hours of their rule."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.quiet_hours.hours import Hours
from messaging.reminders.allowed import PlaceHours, first_from
from messaging.reminders.definition import ReminderRules
from messaging.reminders.moments import allowed_hours
from messaging.reminders.reasons import Reason
from models.policy.quiet_hours_section import hours_of
from models.policy.store import load_policy
from models.quiet_hours.place_key import place_of_key
from models.reminders.late_sql import EXPIRE, LATE, PUT_OFF, WHOSE
from models.reminders.store import load_rules
from models.senders import MessageType

LATE_AFTER = timedelta(minutes=5)
"""A little later than its time is still at its time."""


async def put_off_late(connection: AsyncConnection, *, now: datetime) -> int:
    """Has late reminders wait whose hour is not allowed at business time `now`; returns how many it looked at.

    They wait for the next allowed hour, and expire where that is too late. Again, it changes nothing.
    """
    values = {"now": now, "late": now - LATE_AFTER}
    looked_at = 0
    for organization_id in (await connection.execute(WHOSE, values)).scalars().all():
        look = await _look(connection, organization_id, now)
        if look is not None:
            asked = {**values, "organization_id": organization_id, "rules": look.names}
            late = (await connection.execute(LATE, asked)).mappings().all()
            await _write(connection, look, late)
            looked_at += len(late)
    return looked_at


@dataclass(frozen=True, slots=True)
class _Look:
    """An organization's rules, and the quiet hours that hold for reminders too, if any do."""

    rules: ReminderRules
    quiet: Hours | None
    now: datetime
    _known: dict[tuple[str, str, str], datetime | None] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The rules that have hours."""
        return [name for name, rule in self.rules.rules.items() if self.quiet or rule.earliest is not None]

    def next_allowed(self, rule: str, zone: str, place_key: str) -> datetime | None:
        """When such a reminder may leave from now on; the same for all of one rule, zone and place."""
        key = (rule, zone, place_key if self.quiet else "")
        if key not in self._known:
            quiet = PlaceHours(self.quiet, place_of_key(place_key)) if self.quiet else None
            self._known[key] = first_from(allowed_hours(self.rules.rules[rule], ZoneInfo(zone), quiet), self.now)
        return self._known[key]


async def _look(connection: AsyncConnection, organization_id: UUID, now: datetime) -> _Look | None:
    """None where no rule has hours."""
    stored = await load_rules(connection, organization_id)
    if stored is None:
        return None
    hours = hours_of((await load_policy(connection, organization_id)).quiet_hours)
    look = _Look(stored.rules, hours if MessageType.TRANSACTIONAL in hours.applies_to else None, now)
    return look if look.names else None


async def _write(connection: AsyncConnection, look: _Look, late: Sequence[RowMapping]) -> None:
    put_off: dict[int, datetime] = {}
    expired: list[int] = []
    for row in late:
        until = look.next_allowed(row["rule"], row["timezone"], row["place_key"])
        if until is None or until >= row["send_before"]:
            expired.append(row["id"])
        elif until > look.now:
            put_off[row["id"]] = until
    values: dict[str, Any] = {"now": look.now}
    if put_off:
        waits = {"ids": list(put_off), "untils": list(put_off.values())}
        await connection.execute(PUT_OFF, values | waits)
    if expired:
        await connection.execute(EXPIRE, values | {"ids": expired, "reason": Reason.PAST_USE.value})
