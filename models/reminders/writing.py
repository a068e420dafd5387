"""Writes reminders and what became of them, set-wise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.reminders.reasons import Reason
from models.reminders.following_sql import ADD, CHANGE
from models.reminders.steps import Moments, Step
from models.reminders.tables import ReminderState


@dataclass(frozen=True, slots=True)
class Addition:
    """A reminder that is new, by rule and occasion (`key`); with a `reason` it does not come."""

    appointment_id: int
    key: tuple[str, str]
    starts_at: datetime
    moments: Moments
    reason: Reason | None = None


async def add(
    connection: AsyncConnection,
    organization_id: UUID,
    additions: Sequence[Addition],
    *,
    version: int,
    now: datetime,
) -> None:
    """Adds reminders under the rules of this version; one that is there stays."""
    if not additions:
        return
    values = {
        "appointment_ids": [each.appointment_id for each in additions],
        "rules": [each.key[0] for each in additions],
        "occasions": [each.key[1] for each in additions],
        "versions": [version] * len(additions),
        "starts": [each.starts_at for each in additions],
        "states": [str(ReminderState.SKIPPED if each.reason else ReminderState.WAITING) for each in additions],
        "reasons": [each.reason and each.reason.value for each in additions],
        **_moments([each.moments for each in additions]),
    }
    await connection.execute(ADD, {"organization_id": organization_id, "now": now, **values})


async def change(connection: AsyncConnection, steps: Mapping[int, Step], *, now: datetime) -> None:
    """Takes each reminder, by its id, a step further."""
    if not steps:
        return
    values = {
        "ids": list(steps),
        "versions": [each.rule_version for each in steps.values()],
        "states": [str(each.state) for each in steps.values()],
        "reasons": [each.reason and each.reason.value for each in steps.values()],
        "again": [int(each.again) for each in steps.values()],
        "forget": [each.forget for each in steps.values()],
        **_moments([each.moments for each in steps.values()]),
    }
    await connection.execute(CHANGE, {"now": now, **values})


def _moments(moments: Sequence[Moments]) -> dict[str, list[datetime]]:
    return {
        "plans": [each.plan_at for each in moments],
        "dues": [each.due_at for each in moments],
        "befores": [each.send_before for each in moments],
    }
