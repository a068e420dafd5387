"""Messages of reminders are taken back, and what is wanted again comes once."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.reminders.planning import Planned, plan_due
from models.reminders.withdrawing import withdraw
from tests.integration.reminders.due import NOW, remind_of, set_rules, story, visit

MINUTE = timedelta(minutes=1)

_COUNT = text("SELECT count(*) FROM messages WHERE appointment_id IS NOT NULL")


class Again(NamedTuple):
    """A reminder that was taken back and is wanted again, by the state of its first message."""

    first: str
    state: str
    messages: int
    withdrawn: bool = True


AGAIN = [
    Again("canceled", "planned", 2),
    Again("claimed", "waiting", 1),
    Again("unknown", "waiting", 1),
    Again("scheduled", "waiting", 1),
    Again("scheduled", "planned", 1, withdrawn=False),
    Again("sent", "planned", 1),
    Again("delivered", "planned", 1),
    Again("failed", "planned", 1),
    Again("skipped", "planned", 1),
    Again("expired", "planned", 1),
]


@pytest.mark.parametrize("one", AGAIN, ids=lambda one: f"{one.first} {one.withdrawn}")
async def test_wanted_again_it_becomes_a_second_message_only_if_the_first_was_canceled(
    connection: AsyncConnection, organization_id: UUID, one: Again
) -> None:
    await set_rules(connection, organization_id)
    reminder_id = await remind_of(connection, await visit(connection, organization_id))
    await plan_due(connection, now=NOW)
    first = (await story(connection, reminder_id))["message_id"]
    values = {"id": first, "state": one.first, "reminder": reminder_id, "withdrawn": one.withdrawn}
    await connection.execute(
        text("UPDATE messages SET state = CAST(:state AS message_state), withdrawn = :withdrawn WHERE id = :id"),
        values,
    )
    await connection.execute(text("UPDATE reminders SET state = 'waiting' WHERE id = :reminder"), values)
    for _ in range(2):
        await plan_due(connection, now=NOW + MINUTE)
    told = await story(connection, reminder_id)
    assert (told["state"], (await connection.execute(_COUNT)).scalar_one()) == (one.state, one.messages)
    assert (told["message_id"] == first) == (one.messages == 1)
    assert await plan_due(connection, now=NOW + MINUTE) == Planned()


class TakenBack(NamedTuple):
    """A message by its state, and what taking it back makes of it."""

    state: str
    then: str
    withdrawn: bool


TAKEN_BACK = [
    TakenBack("planned", "canceled", withdrawn=True),
    TakenBack("claimed", "claimed", withdrawn=True),
    TakenBack("unknown", "unknown", withdrawn=True),
    TakenBack("scheduled", "scheduled", withdrawn=True),
    TakenBack("accepted", "accepted", withdrawn=False),
    TakenBack("delivered", "delivered", withdrawn=False),
    TakenBack("skipped", "skipped", withdrawn=False),
    TakenBack("expired", "expired", withdrawn=False),
]


@pytest.mark.parametrize("one", TAKEN_BACK, ids=lambda one: one.state)
async def test_a_message_is_taken_back(connection: AsyncConnection, organization_id: UUID, one: TakenBack) -> None:
    await set_rules(connection, organization_id)
    reminder_id = await remind_of(connection, await visit(connection, organization_id))
    await plan_due(connection, now=NOW)
    message_id = (await story(connection, reminder_id))["message_id"]
    await connection.execute(
        text("UPDATE messages SET state = CAST(:state AS message_state), send_at_twilio = :at WHERE id = :id"),
        {"state": one.state, "id": message_id, "at": NOW + MINUTE},
    )
    for _ in range(2):
        await withdraw(connection, [message_id], now=NOW)
    told = await story(connection, reminder_id)
    assert (told["message_state"], told["withdrawn"]) == (one.then, one.withdrawn)
