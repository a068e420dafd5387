"""After an outage or a pause a reminder still keeps to the hours of its rule, or does not come."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.policy.store import set_policy
from models.reminders.late import put_off_late
from models.reminders.planning import plan_due
from tests.integration.population import add_organization
from tests.integration.reminders.due import NOW, START, remind_of, set_rules, story, visit

HOURS = """
rules:
  - name: day before
    when: 1 day before
    earliest: 08:00
    latest: 20:00
    text: 'See you.'
  - name: any hour
    when: 1 day before
    text: 'See you.'
"""
QUIET = "quiet_hours: {applies_to: [transactional], hours: {US: {daily: '09:00-18:00'}}}"
HOUR = timedelta(hours=1)
NIGHT = NOW + 14 * HOUR
"""Half past midnight in New York."""
EIGHT = datetime.fromisoformat("2026-03-09T12:00:00+00:00")
NINE = EIGHT + HOUR


class Late(NamedTuple):
    """A reminder that was due some hours ago, and what has become of it then."""

    name: str
    hours: float
    now: datetime = NIGHT
    useful_until: datetime = START
    rule: str = "day before"
    state: str = "waiting"
    due_at: datetime | None = None
    occasion: str = "reminder"


LATES = [
    Late("by night it waits for the morning", 6, due_at=EIGHT),
    Late("a notice too", 6, due_at=EIGHT, occasion="cancellation"),
    Late("of no use any more by then", 6, useful_until=EIGHT, state="expired"),
    Late("by day it may leave", 6, now=NIGHT + 9 * HOUR),
    Late("a few minutes are not late", 0.05),
    Late("a rule without hours", 6, rule="any hour"),
]


@pytest.mark.parametrize("one", LATES, ids=lambda one: one.name)
async def test_a_late_reminder_keeps_to_its_hours(
    connection: AsyncConnection, organization_id: UUID, one: Late
) -> None:
    await set_rules(connection, organization_id, HOURS)
    due_at = one.now - one.hours * HOUR
    appointment_id = await visit(connection, organization_id)
    reminder_id = await remind_of(
        connection,
        appointment_id,
        due_at=due_at,
        send_before=one.useful_until,
        rule=one.rule,
        occasion=one.occasion,
    )
    for _ in range(2):  # again, it changes nothing
        await put_off_late(connection, now=one.now)
        told = await story(connection, reminder_id)
        assert (told["state"], told["due_at"]) == (one.state, one.due_at or due_at)
        assert (told["reason"] is not None) == (one.state == "expired")


@pytest.mark.parametrize(
    ("label", "useful_until", "state", "leaves"),
    [("of use in the morning", START, "planned", EIGHT), ("of no use then", EIGHT, "expired", NIGHT - 6 * HOUR)],
)
async def test_so_does_one_that_was_planned_before_the_outage(
    connection: AsyncConnection,
    organization_id: UUID,
    label: str,
    useful_until: datetime,
    state: str,
    leaves: datetime,
) -> None:
    await set_rules(connection, organization_id, HOURS)
    appointment_id = await visit(connection, organization_id)
    due_at = NIGHT - 6 * HOUR
    reminder_id = await remind_of(connection, appointment_id, due_at=due_at, send_before=useful_until)
    await plan_due(connection, now=due_at)
    await put_off_late(connection, now=NIGHT)
    told = await story(connection, reminder_id)
    assert (told["state"], told["message_state"], told["send_after"]) == ("planned", state, leaves), label


async def test_quiet_hours_that_hold_for_reminders_hold_for_late_ones(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await set_rules(connection, organization_id, HOURS)
    await set_policy(connection, organization_id, QUIET, actor="desk", now=NOW)
    appointment_id = await visit(connection, organization_id)
    reminder_id = await remind_of(connection, appointment_id, due_at=NIGHT - 6 * HOUR, rule="any hour")
    await put_off_late(connection, now=NIGHT)
    assert (await story(connection, reminder_id))["due_at"] == NINE


async def test_each_organization_by_its_own_rules(connection: AsyncConnection, organization_id: UUID) -> None:
    await set_rules(connection, organization_id)  # without hours
    other = await add_organization(connection, "other")
    await set_rules(connection, other, HOURS)
    due_at, whose = NIGHT - 6 * HOUR, (organization_id, other)
    ids = [await remind_of(connection, await visit(connection, each), due_at=due_at) for each in whose]
    assert await put_off_late(connection, now=NIGHT) == 1
    dues = [(await story(connection, each))["due_at"] for each in ids]
    assert dues == [due_at, EIGHT]


async def test_nobody_is_looked_at_where_nothing_is_late(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await set_rules(connection, organization_id, HOURS)
    await remind_of(connection, await visit(connection, organization_id), due_at=NIGHT)
    assert await put_off_late(connection, now=NIGHT) == 0
    assert (await connection.execute(text("SELECT count(*) FROM reminders"))).scalar_one() == 1
