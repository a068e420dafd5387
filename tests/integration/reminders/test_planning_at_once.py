"""Looks for due reminders at the same time as each other, and as changes of what they are about."""

import asyncio
from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.reminders.planning import Planned, plan_due
from tests.integration.reminders.due import NOW, remind_of, set_rules, visit


@pytest.fixture
async def owner(committed: AsyncEngine) -> UUID:
    async with committed.connect() as connection:
        return UUID(str((await connection.execute(text("SELECT id FROM organizations"))).scalar_one()))


async def test_many_looks_at_once_plan_each_reminder_once(committed: AsyncEngine, owner: UUID) -> None:
    async with committed.begin() as connection:
        await set_rules(connection, owner)
        for number in range(300):
            await remind_of(connection, await visit(connection, owner, number))

    async def look() -> int:
        done = 0
        for _ in range(20):
            async with committed.begin() as connection:
                done += (await plan_due(connection, now=NOW, most=40)).planned
        return done

    looks = await asyncio.gather(*(look() for _ in range(4)))
    async with committed.connect() as connection:
        states = Counter((await connection.execute(text("SELECT state FROM reminders"))).scalars())
        people = (await connection.execute(text("SELECT phone FROM messages"))).scalars().all()
    assert (sum(looks), states) == (300, {"planned": 300})
    assert len(people) == len(set(people)) == 300


async def test_who_is_being_changed_at_this_moment_is_left_to_the_next_look(
    committed: AsyncEngine, owner: UUID
) -> None:
    async with committed.begin() as connection:
        await set_rules(connection, owner)
        for number in range(4):
            await remind_of(connection, await visit(connection, owner, number))
    for table in ("reminders", "appointments", "contacts"):
        async with committed.connect() as changing, committed.connect() as looking:
            locked = f"SELECT id FROM {table} ORDER BY id LIMIT 1 FOR UPDATE"  # noqa: S608 (three tables)
            await changing.execute(text(locked))
            await looking.execute(text("SET LOCAL lock_timeout = '2s'"))
            assert await plan_due(looking, now=NOW) == Planned(planned=3)
            await looking.rollback()
            await changing.rollback()
    async with committed.begin() as connection:
        assert await plan_due(connection, now=NOW) == Planned(planned=4)
