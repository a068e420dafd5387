"""Who is told that an appointment is cancelled, and that nobody is told twice."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.reminders.reasons import Reason
from models.appointments.changing import apply_changes
from models.reminders.planning import plan_due
from tests.integration.reminders.followed import (
    BOOKED,
    RULES,
    again,
    change,
    message_is,
    reminders,
    ruled,
    visit,
)

START = datetime.fromisoformat("2026-03-09T14:30:00+00:00")
DUE = START - timedelta(days=1)
HOUR = timedelta(hours=1)
TO_ALL = RULES.replace("off.'}", "off.', only_if_reminded: false}")
WITHOUT = RULES.replace("    on_cancel: {text: 'It is off.'}\n", "")

NOTICES = [
    # what: how far the reminder was, the rules, whether a notice waits
    ("who was reminded is told", "delivered", RULES, True),
    ("who may have been is told", "unknown", RULES, True),
    ("who was not is not told", "planned", RULES, False),
    ("who was not reached is not told", "undelivered", RULES, False),
    ("who was not is told where the rule says so", "planned", TO_ALL, True),
    ("nobody is told where no rule says so", "delivered", WITHOUT, False),
]


async def notices(connection: AsyncConnection) -> list[tuple[str, str | None]]:
    """State and reason of every notice."""
    return [
        (each["state"], each["reason"])
        for each in await reminders(connection)
        if each["occasion"] == "cancellation"
    ]


async def reminded(connection: AsyncConnection, organization_id: UUID, far: str, rules: str = RULES) -> None:
    await ruled(connection, organization_id, rules)
    await visit(connection, organization_id, START)
    await plan_due(connection, now=DUE)
    await message_is(connection, far)


@pytest.mark.parametrize(
    ("far", "rules", "told"), [each[1:] for each in NOTICES], ids=[each[0] for each in NOTICES]
)
async def test_who_is_told(
    connection: AsyncConnection, organization_id: UUID, far: str, rules: str, *, told: bool
) -> None:
    await reminded(connection, organization_id, far, rules)
    await change(connection, organization_id, now=DUE + HOUR, state="canceled")
    assert await notices(connection) == ([("waiting", None)] if told else [])


@pytest.mark.parametrize(
    ("label", "minutes", "told"),
    [("its hour is over: it may have left", 0, True), ("Twilio still keeps it", 1, False)],
)
async def test_whom_twilio_was_to_remind_is_told_though_no_status_came(
    connection: AsyncConnection, organization_id: UUID, label: str, minutes: int, *, told: bool
) -> None:
    await reminded(connection, organization_id, "scheduled")
    kept_until = DUE + HOUR + timedelta(minutes=minutes)
    await connection.execute(text("UPDATE messages SET send_at_twilio = :at"), {"at": kept_until})
    await change(connection, organization_id, now=DUE + HOUR, state="canceled")
    assert await notices(connection) == ([("waiting", None)] if told else []), label


async def test_it_is_told_at_once_and_never_after_the_start(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await reminded(connection, organization_id, "delivered")
    await change(connection, organization_id, now=DUE + HOUR, state="canceled")
    notice = next(each for each in await reminders(connection) if each["occasion"] == "cancellation")
    assert (notice["due_at"], notice["plan_at"], notice["send_before"]) == (DUE + HOUR, DUE + HOUR, START)
    await again(connection, organization_id, now=DUE + 2 * HOUR)
    assert (await plan_due(connection, now=DUE + 2 * HOUR)).planned == 1


async def test_in_the_night_it_waits_for_the_morning(connection: AsyncConnection, organization_id: UUID) -> None:
    hours = "on_cancel: {text: 'It is off.'}\n    earliest: 08:00\n    latest: 20:00"
    await reminded(connection, organization_id, "sent", RULES.replace("on_cancel: {text: 'It is off.'}", hours))
    night = datetime.fromisoformat("2026-03-09T03:00:00+00:00")
    await change(connection, organization_id, now=night, state="canceled")
    notice = next(each for each in await reminders(connection) if each["occasion"] == "cancellation")
    assert notice["due_at"] == datetime.fromisoformat("2026-03-09T08:00:00-04:00")


async def test_who_cancels_by_an_answer_knows(connection: AsyncConnection, organization_id: UUID) -> None:
    await reminded(connection, organization_id, "delivered")
    answer = (await connection.execute(text("SELECT min(id) FROM messages"))).scalar_one()
    await apply_changes(
        connection,
        organization_id,
        [{"external_id": "A-1", "state": "canceled"}],
        now=DUE + HOUR,
        actor="person",
        message_id=answer,
    )
    assert await notices(connection) == []


async def test_what_was_cancelled_before_the_rule_came_is_not_told(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await reminded(connection, organization_id, "delivered", WITHOUT)
    await change(connection, organization_id, now=DUE + HOUR, state="canceled")
    await ruled(connection, organization_id, TO_ALL)
    for catch_up in (False, True):
        await again(connection, organization_id, now=DUE + 2 * HOUR, catch_up=catch_up)
    assert await notices(connection) == []


async def test_one_that_takes_place_after_all(connection: AsyncConnection, organization_id: UUID) -> None:
    await reminded(connection, organization_id, "delivered")
    await change(connection, organization_id, now=DUE + HOUR, state="canceled")
    await change(connection, organization_id, now=DUE + 2 * HOUR, state="booked")
    assert await notices(connection) == [("obsolete", Reason.REOPENED)]
    await change(connection, organization_id, now=DUE + 3 * HOUR, state="canceled")
    assert await notices(connection) == [("waiting", None)]
    assert (await plan_due(connection, now=DUE + 3 * HOUR)).planned == 1


async def test_one_that_was_told_is_not_told_again(connection: AsyncConnection, organization_id: UUID) -> None:
    await reminded(connection, organization_id, "delivered")
    await change(connection, organization_id, now=DUE + HOUR, state="canceled")
    await plan_due(connection, now=DUE + HOUR)
    await connection.execute(text("UPDATE messages SET state = 'delivered'"))
    for state in ("booked", "canceled"):
        await change(connection, organization_id, now=DUE + 2 * HOUR, state=state)
    assert await notices(connection) == [("planned", None)]
    assert (await plan_due(connection, now=DUE + 2 * HOUR)).planned == 0


async def test_a_new_one_that_is_cancelled_already_is_nobodys_news(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await ruled(connection, organization_id, TO_ALL)
    await visit(connection, organization_id, START, state="canceled", now=BOOKED)
    assert await reminders(connection) == []
