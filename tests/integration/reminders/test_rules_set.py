"""Rules set anew: appointments to come follow them, and nothing stale leaves for it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging.reminders.reasons import Reason
from models.policy.store import set_policy
from models.reminders import setting
from models.reminders.planning import plan_due
from models.reminders.setting import RulesSet, set_rules
from models.reminders.store import load_rules
from tests.integration.reminders.followed import BOOKED, RULES, again, change, reminders, ruled, states, visit

START = datetime.fromisoformat("2026-03-09T14:30:00+00:00")
DUE = START - timedelta(days=1)
HOUR = timedelta(hours=1)
LATER = RULES.replace("24 hours", "20 hours")
OTHER_NAME = RULES.replace("name: day", "name: eve")


@pytest.fixture
async def owner(committed: AsyncEngine) -> UUID:
    async with committed.begin() as connection:
        found = await connection.execute(text("SELECT id FROM organizations WHERE slug = 'default'"))
        owner = UUID(str(found.scalar_one()))
        await visit(connection, owner, START)
        await connection.execute(
            text("""
                INSERT INTO appointments (organization_id, external_id, contact_id, starts_at, timezone, kind,
                                          attributes, state, created_at, updated_at)
                SELECT organization_id, 'B-' || n, contact_id, starts_at, timezone, kind, attributes, state,
                    created_at, updated_at FROM appointments, generate_series(1, 6) n
            """)
        )
        return owner


async def test_all_appointments_to_come_follow(
    committed: AsyncEngine, owner: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setting, "_BATCH", 3)
    heard: list[tuple[int, int]] = []
    done = await set_rules(
        committed, owner, RULES, actor="desk", now=BOOKED, progress=lambda *at: heard.append(at)
    )
    assert done == RulesSet(version=1, appointments=7, waiting=14)
    assert heard == [(3, 7), (6, 7), (7, 7)]
    assert await set_rules(committed, owner, RULES, actor="desk", now=BOOKED) == done
    assert (await set_rules(committed, owner, LATER, actor="desk", now=BOOKED)).version == 2


async def test_who_books_while_rules_are_set_follows_the_new_ones(committed: AsyncEngine, owner: UUID) -> None:
    """A booking that looked at the rules keeps them from being set until it is there to be seen."""
    await set_rules(committed, owner, RULES, actor="desk", now=BOOKED)
    async with committed.connect() as booking, committed.connect() as setter:
        await change(booking, owner, starts_at=START + HOUR)
        await setter.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(Exception, match="lock timeout"):
            await ruled(setter, owner, LATER)
        await booking.commit()
        await setter.rollback()
    await set_rules(committed, owner, LATER, actor="desk", now=BOOKED)
    async with committed.connect() as connection:
        found = {each["due_at"] for each in await reminders(connection) if each["rule"] == "day"}
    assert START + HOUR - 20 * HOUR in found


async def test_a_new_version_moves_what_waits(connection: AsyncConnection, organization_id: UUID) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    await ruled(connection, organization_id, LATER)
    await again(connection, organization_id, catch_up=False)
    day = (await reminders(connection))[0]
    assert (day["state"], day["rule_version"], day["due_at"]) == ("waiting", 2, START - 20 * HOUR)


async def test_a_rule_that_is_gone_takes_back_what_waits_and_what_is_planned(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    await plan_due(connection, now=DUE)
    await ruled(connection, organization_id, "rules: []")
    await again(connection, organization_id, now=DUE, catch_up=False)
    found = await reminders(connection)
    assert [(each["state"], each["reason"]) for each in found] == [("obsolete", Reason.RULE_REMOVED)] * 2
    assert found[0]["message_state"] == "canceled"


@pytest.mark.parametrize(("catch_up", "state"), [(False, "skipped"), (True, "waiting")])
async def test_a_new_rule_whose_moment_has_passed_comes_only_where_it_was_asked_for(
    connection: AsyncConnection, organization_id: UUID, state: str, *, catch_up: bool
) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    await plan_due(connection, now=DUE)
    await connection.execute(text("UPDATE messages SET state = 'delivered'"))
    await ruled(connection, organization_id, OTHER_NAME)
    for _ in range(2):
        await again(connection, organization_id, now=DUE + HOUR, catch_up=catch_up)
    assert await states(connection) == [("day", "planned"), ("eve", state), ("soon", "waiting")]


async def test_what_came_too_late_does_not_come_with_a_later_change(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await visit(connection, organization_id, START)
    await ruled(connection, organization_id)
    await again(connection, organization_id, now=DUE + HOUR, catch_up=False)
    await change(connection, organization_id, now=DUE + 2 * HOUR, place="Room 2")
    assert await states(connection) == [("day", "skipped"), ("soon", "waiting")]


async def test_a_moment_that_the_rules_move_into_the_past_does_not_come(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    await ruled(connection, organization_id, RULES.replace("24 hours", "90 hours"))
    await again(connection, organization_id, now=START - 80 * HOUR, catch_up=False)
    day = (await reminders(connection))[0]
    assert (day["state"], day["reason"]) == ("skipped", Reason.TOO_LATE)


async def test_what_is_due_already_still_leaves_when_rules_are_set(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    """An outage has kept it waiting: it is no rule that comes too late."""
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    await ruled(connection, organization_id, RULES + "# new\n")
    await again(connection, organization_id, now=DUE + HOUR, catch_up=False)
    assert (await plan_due(connection, now=DUE + HOUR)).planned == 1


async def test_what_twilio_keeps_for_another_hour_is_taken_back_and_comes_at_the_right_one(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    by_twilio = RULES.replace("name: day", "name: day\n    schedule_at_twilio: true")
    await ruled(connection, organization_id, by_twilio)
    await visit(connection, organization_id, START)
    day = (await reminders(connection))[0]
    assert day["plan_at"] < BOOKED < day["due_at"]
    await plan_due(connection, now=BOOKED)
    await connection.execute(text("UPDATE messages SET state = 'scheduled'"))
    await again(connection, organization_id)
    assert (await reminders(connection))[0]["state"] == "planned"
    await ruled(connection, organization_id, by_twilio.replace("24 hours", "20 hours"))
    for _ in range(2):
        await again(connection, organization_id)
        assert (await plan_due(connection, now=BOOKED)).planned == 0, "not before Twilio has let the first one go"
    await connection.execute(text("UPDATE messages SET state = 'canceled'"))
    assert (await plan_due(connection, now=BOOKED)).planned == 1
    found = await connection.execute(text("SELECT send_at_twilio FROM messages ORDER BY id"))
    assert list(found.scalars()) == [DUE, START - 20 * HOUR]


async def test_quiet_hours_that_hold_for_reminders_bring_them_earlier(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    policy = "quiet_hours: {applies_to: [transactional], hours: {US: {daily: 09:00-17:00}}}"
    await set_policy(connection, organization_id, policy, actor="desk", now=BOOKED)
    await ruled(connection, organization_id)
    await visit(connection, organization_id, datetime.fromisoformat("2026-03-10T18:30:00-04:00"))
    day, soon = await reminders(connection)
    assert day["due_at"] == datetime.fromisoformat("2026-03-09T16:44:00-04:00")
    assert soon["due_at"] == datetime.fromisoformat("2026-03-10T16:30:00-04:00")


async def test_another_organization_is_left_alone(connection: AsyncConnection, organization_id: UUID) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    other = (
        await connection.execute(
            text(
                "INSERT INTO organizations (id, slug, name, default_region, created_at) "
                "VALUES (gen_random_uuid(), 'other', 'Other', 'US', now()) RETURNING id"
            )
        )
    ).scalar_one()
    await ruled(connection, other, "rules: []")
    await again(connection, other)
    assert await states(connection) == [("day", "waiting"), ("soon", "waiting")]
    assert (await load_rules(connection, other)) != (await load_rules(connection, organization_id))
