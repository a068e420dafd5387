"""Reminders follow their appointments through every change, and nothing comes twice or gets lost."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.reminders.reasons import Reason
from models.reminders.planning import plan_due
from tests.integration.appointments.calendar import person
from tests.integration.reminders.followed import (
    BOOKED,
    RULES,
    again,
    change,
    message_is,
    reminders,
    ruled,
    states,
    visit,
)

START = datetime.fromisoformat("2026-03-09T14:30:00+00:00")
LATER = START + timedelta(days=7)
DUE = START - timedelta(days=1)
HOUR = timedelta(hours=1)


async def test_without_rules_there_are_none(connection: AsyncConnection, organization_id: UUID) -> None:
    await visit(connection, organization_id, START)
    assert await reminders(connection) == []


async def test_a_new_appointment_has_its_reminders(connection: AsyncConnection, organization_id: UUID) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    day, soon = await reminders(connection)
    assert (day["rule"], day["occasion"], day["state"], day["rule_version"]) == ("day", "reminder", "waiting", 1)
    assert (day["starts_at"], day["due_at"], day["plan_at"]) == (START, DUE, DUE)
    assert (day["send_before"], soon["due_at"], soon["send_before"]) == (soon["due_at"], START - 2 * HOUR, START)


async def test_again_it_changes_nothing(connection: AsyncConnection, organization_id: UUID) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    before = await reminders(connection)
    for later in (HOUR, 7 * 24 * HOUR):
        await again(connection, organization_id, now=BOOKED + later)
    assert await reminders(connection) == before


async def test_an_appointment_that_has_begun_gets_none(connection: AsyncConnection, organization_id: UUID) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, BOOKED - HOUR)
    assert await reminders(connection) == []


async def test_booked_late_it_comes_at_once_and_stays_due(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, BOOKED + 9 * HOUR)
    for later in (timedelta(), HOUR):
        await again(connection, organization_id, now=BOOKED + later)
        day = (await reminders(connection))[0]
        assert (day["state"], day["due_at"]) == ("waiting", BOOKED)


async def test_what_was_too_late_is_kept_with_its_reason(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, BOOKED + HOUR)
    found = {each["rule"]: (each["state"], each["reason"]) for each in await reminders(connection)}
    assert found == {"day": ("skipped", Reason.OVERTAKEN), "soon": ("waiting", None)}


async def test_moved_it_has_those_of_the_new_start(connection: AsyncConnection, organization_id: UUID) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    await change(connection, organization_id, starts_at=LATER)
    found = [(each["starts_at"], each["state"], each["reason"]) for each in await reminders(connection)]
    assert found == [(START, "obsolete", Reason.MOVED)] * 2 + [(LATER, "waiting", None)] * 2


OVER = [("canceled", Reason.CANCELED), ("done", Reason.DONE), ("missed", Reason.MISSED)]


@pytest.mark.parametrize(("state", "reason"), OVER)
async def test_what_is_over_is_not_reminded_of(
    connection: AsyncConnection, organization_id: UUID, state: str, reason: Reason
) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    await change(connection, organization_id, state=state)
    assert {(each["state"], each["reason"]) for each in await reminders(connection)} == {("obsolete", reason)}


async def test_confirmed_and_not_any_more(connection: AsyncConnection, organization_id: UUID) -> None:
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    await change(connection, organization_id, state="confirmed")
    assert await states(connection) == [("day", "waiting"), ("soon", "obsolete")]
    await change(connection, organization_id, state="reschedule_requested")
    assert await states(connection) == [("day", "waiting"), ("soon", "waiting")]


async def test_of_another_kind_it_has_the_rules_of_that(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await ruled(connection, organization_id, RULES.replace("name: day", "name: day\n    kinds: [checkup]"))
    await visit(connection, organization_id, START)
    await change(connection, organization_id, kind="surgery")
    assert await states(connection) == [("day", "obsolete"), ("soon", "waiting")]
    assert (await reminders(connection))[0]["reason"] == Reason.RULE_REMOVED
    await change(connection, organization_id, kind="Checkup")
    assert await states(connection) == [("day", "waiting"), ("soon", "waiting")]


@pytest.fixture
async def sending(connection: AsyncConnection, organization_id: UUID) -> AsyncConnection:
    """An appointment whose first reminder has its message, which is planned."""
    await ruled(connection, organization_id)
    await visit(connection, organization_id, START)
    assert (await plan_due(connection, now=DUE)).planned == 1
    return connection


async def test_moved_the_message_of_the_old_start_is_taken_back(
    sending: AsyncConnection, organization_id: UUID
) -> None:
    await change(sending, organization_id, now=DUE, starts_at=LATER)
    old = (await reminders(sending))[0]
    assert (old["state"], old["message_state"]) == ("obsolete", "canceled")
    assert (await plan_due(sending, now=DUE + 6 * 24 * HOUR)).planned == 0
    assert (await plan_due(sending, now=DUE + 7 * 24 * HOUR)).planned == 1


# How far the first message was when it was moved and when it is moved back, and how many messages there are then.
BACK = [
    ("it had not left", None, 2),
    ("it was claimed, and stopped", ("claimed", "canceled"), 2),
    ("it was claimed, and left", ("claimed", "delivered"), 1),
    ("nobody knows", ("unknown", "unknown"), 1),
    ("Twilio kept it, and canceled it", ("scheduled", "canceled"), 2),
    ("Twilio keeps it", ("scheduled", "scheduled"), 1),
    ("it had left", ("sent", "delivered"), 1),
]


@pytest.mark.parametrize(("far", "messages"), [each[1:] for each in BACK], ids=[each[0] for each in BACK])
async def test_moved_away_and_back_it_comes_once(
    sending: AsyncConnection, organization_id: UUID, far: tuple[str, str] | None, messages: int
) -> None:
    if far:
        await message_is(sending, far[0])
    await change(sending, organization_id, now=DUE, starts_at=LATER)
    await change(sending, organization_id, now=DUE + HOUR, starts_at=START)
    if far:
        await message_is(sending, far[1])
    for _ in range(2):
        await plan_due(sending, now=DUE + 2 * HOUR)
        await again(sending, organization_id, now=DUE + 2 * HOUR)
    made = (await sending.execute(text("SELECT count(*) FROM messages"))).scalar_one()
    assert made == messages
    alive = await sending.execute(
        text("SELECT count(*) FROM messages WHERE state <> 'canceled' AND NOT (withdrawn AND state = 'planned')")
    )
    assert alive.scalar_one() == 1, "one message at the end, neither none nor two"


async def test_how_often_it_came_again_is_counted(sending: AsyncConnection, organization_id: UUID) -> None:
    for back in (1, 2):
        await change(sending, organization_id, now=DUE, state="canceled")
        await change(sending, organization_id, now=DUE, state="booked")
        assert (await reminders(sending))[0]["revision"] == back


async def test_what_had_left_stays_what_it_was(sending: AsyncConnection, organization_id: UUID) -> None:
    await message_is(sending, "delivered")
    for said in ({"starts_at": LATER}, {"state": "canceled"}, {"state": "booked"}, {"starts_at": START}):
        await change(sending, organization_id, now=DUE + HOUR, **said)
    day = next(each for each in await reminders(sending) if each["rule"] == "day")
    assert (day["state"], day["message_state"], day["revision"]) == ("planned", "delivered", 0)


async def test_confirmed_takes_back_what_was_on_its_way(sending: AsyncConnection, organization_id: UUID) -> None:
    at = START - 2 * HOUR
    await plan_due(sending, now=at)
    await change(sending, organization_id, now=at, state="confirmed")
    soon = (await reminders(sending))[1]
    assert (soon["state"], soon["reason"], soon["message_state"]) == ("obsolete", Reason.CONFIRMED, "canceled")


# What became of the first person's message, and whether the second one gets one.
OTHERS = [("planned", 1), ("claimed", 1), ("delivered", 1)]


@pytest.mark.parametrize(("far", "second"), OTHERS)
async def test_another_persons_appointment_is_theirs(
    sending: AsyncConnection, organization_id: UUID, far: str, second: int
) -> None:
    await message_is(sending, far)
    first = (await sending.execute(text("SELECT contact_id FROM appointments"))).scalar_one()
    other = await person(sending, organization_id, "+12125550124")
    await change(sending, organization_id, now=DUE, contact_id=other)
    await plan_due(sending, now=DUE)
    theirs = text("SELECT count(*) FROM messages WHERE contact_id = :id AND state <> 'canceled'")
    assert (await sending.execute(theirs, {"id": other})).scalar_one() == second
    await change(sending, organization_id, now=DUE, contact_id=first)
    await plan_due(sending, now=DUE)
    assert (await sending.execute(theirs, {"id": first})).scalar_one() == 1
