"""Reminders through the simulated Twilio: at their sender's rate, ahead of bulk, and behind what is urgent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from models.pacing import HORIZON
from models.reminders.planning import plan_due
from models.reminders.withdrawing import withdraw
from tasks.direct import LOOK_SECONDS, send_direct
from tasks.equipment import Equipment, open_equipment
from tasks.send import CLAIM_SECONDS
from tests.fixtures.sending import Start
from tests.integration.direct.posting import draft, post
from tests.integration.population import phone
from tests.integration.reminders.due import NOW, RULES, START, remind_of, set_rules, story, visit
from tests.simulator.running import Twilio, until

RATE = 30
WAITING = 150
BUSY_SECONDS = 0.75
"""What a busy machine may take from seeing a message to its request."""


@pytest.fixture
async def owner(start: Start) -> UUID:
    return (await start(0)).organization_id


@pytest.fixture
async def then(owner: UUID, sending_settings: Settings) -> AsyncIterator[Equipment]:  # noqa: ARG001 (first the organization)
    """Equipment whose clock stands at `NOW`."""
    async with open_equipment(sending_settings, clock=lambda: NOW) as tools:
        yield tools


async def _plan(
    engine: AsyncEngine, owner: UUID, *, people: int, rules: str = RULES, **reminder: Any
) -> list[int]:
    async with engine.begin() as connection:
        await set_rules(connection, owner, rules)
        ids = [
            await remind_of(connection, await visit(connection, owner, number), **reminder)
            for number in range(people)
        ]
        await plan_due(connection, now=NOW)
    return ids


async def _bodies(twilio: Twilio) -> list[str]:
    """The oldest first."""
    log = (await twilio.get("messages"))["messages"]
    return [entry["body"] for entry in sorted(log, key=lambda entry: float(entry["received_monotonic"]))]


async def test_each_person_gets_it_once_with_their_words(then: Equipment, owner: UUID, twilio: Twilio) -> None:
    ids = await _plan(then.engine, owner, people=5)
    for _ in range(2):
        await send_direct(then, idle_seconds=0.1)
    sent = (await twilio.get("messages"))["messages"]
    assert sorted(one["to"] for one in sent) == [phone(number) for number in range(5)]
    assert {one["body"] for one in sent} == {"See you Monday at 10:30 AM, Ada."}
    async with then.engine.connect() as connection:
        assert {(await story(connection, id_))["state"] for id_ in ids} == {"planned"}


async def test_what_was_taken_back_does_not_leave(then: Equipment, owner: UUID, twilio: Twilio) -> None:
    ids = await _plan(then.engine, owner, people=3)
    async with then.engine.begin() as connection:
        first = await story(connection, ids[0])
        await withdraw(connection, [first["message_id"]], now=NOW)
    await send_direct(then, idle_seconds=0.1)
    sent = (await twilio.get("messages"))["messages"]
    assert sorted(one["to"] for one in sent) == [phone(1), phone(2)]


@pytest.mark.alone
async def test_an_urgent_message_does_not_wait_for_the_reminders_of_many_rules(
    then: Equipment, owner: UUID, twilio: Twilio
) -> None:
    async with then.engine.begin() as connection:
        await connection.execute(text("UPDATE senders SET rate = :rate"), {"rate": RATE})
    rules = "rules:\n" + "".join(
        f"  - {{name: rule {number}, when: 1 day before, text: reminder}}\n" for number in range(5)
    )
    for number in range(5):
        await _plan(then.engine, owner, people=WAITING // 5, rules=rules, rule=f"rule {number}")
    sending = asyncio.create_task(send_direct(then))
    try:
        await until(lambda: _any_sent(twilio))
        before = len(await _bodies(twilio))
        await post(then.engine, owner, draft(1, body="urgent"), now=NOW)
        await until(lambda: _urgent_sent(twilio))
        bodies = await _bodies(twilio)
    finally:
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
    in_between = bodies.index("urgent") - before
    granted = LOOK_SECONDS + CLAIM_SECONDS + HORIZON
    assert in_between <= RATE * (granted + BUSY_SECONDS), "only what was granted before it was seen"
    assert len(bodies) < WAITING, "and most reminders were still to come"


async def _any_sent(twilio: Twilio) -> bool:
    return bool(await _bodies(twilio))


async def _urgent_sent(twilio: Twilio) -> bool:
    return "urgent" in await _bodies(twilio)


async def test_after_an_outage_whoever_sends_first_keeps_to_the_hours_of_the_rule(
    owner: UUID, twilio: Twilio, sending_settings: Settings
) -> None:
    """Planned by day, and then nothing ran until the night: no look for reminders has come since."""
    by_day = RULES.replace("when: 1 day before", "when: 1 day before\n    earliest: 08:00\n    latest: 20:00")
    async with open_equipment(sending_settings, clock=lambda: NOW + timedelta(hours=14)) as tools:
        [reminder_id] = await _plan(tools.engine, owner, people=1, rules=by_day, due_at=NOW, send_before=START)
        await send_direct(tools, idle_seconds=0.1)
        async with tools.engine.connect() as connection:
            told = await story(connection, reminder_id)
    assert (told["message_state"], await _bodies(twilio)) == ("planned", [])
    assert told["send_after"].isoformat() == "2026-03-09T12:00:00+00:00"
