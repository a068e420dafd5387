"""Reminders that are due become messages: each one once, none too late, whoever else looks at the same time."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.consent.keywords import stop
from models.reminders.planning import Planned, plan_due
from tests.integration.population import add_organization, phone
from tests.integration.reminders.due import NOW, RULES, START, remind_of, set_rules, story, visit

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

_COUNT = text("SELECT count(*) FROM messages WHERE appointment_id IS NOT NULL")


class Due(NamedTuple):
    """A reminder by its times, and what one look makes of it."""

    name: str
    due: timedelta
    useful: timedelta
    state: str
    messages: int


DUES = [
    Due("due this instant", timedelta(), HOUR, "planned", 1),
    Due("due for a while", -HOUR, HOUR, "planned", 1),
    Due("due in a minute", MINUTE, HOUR, "waiting", 0),
    Due("of no use from this instant on", -HOUR, timedelta(), "expired", 0),
    Due("stale after an outage", -30 * HOUR, -HOUR, "expired", 0),
    Due("useful for a moment more", -HOUR, timedelta(microseconds=1), "planned", 1),
]


@pytest.mark.parametrize("one", DUES, ids=lambda one: one.name)
async def test_what_is_due_and_of_use_is_planned(
    connection: AsyncConnection, organization_id: UUID, one: Due
) -> None:
    await set_rules(connection, organization_id)
    appointment_id = await visit(connection, organization_id)
    reminder_id = await remind_of(connection, appointment_id, due_at=NOW + one.due, send_before=NOW + one.useful)
    await plan_due(connection, now=NOW)
    told = await story(connection, reminder_id)
    assert (told["state"], (await connection.execute(_COUNT)).scalar_one()) == (one.state, one.messages)
    assert (told["reason"] is not None) == (one.state == "expired")
    if one.messages:
        assert (told["send_after"], told["send_before"]) == (NOW + one.due, NOW + one.useful)


async def test_after_an_outage_the_stale_ones_expire_and_the_others_are_sent(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await set_rules(connection, organization_id)
    for number in range(30):
        appointment_id = await visit(connection, organization_id, number)
        useful = NOW - MINUTE if number < 20 else NOW + HOUR
        await remind_of(connection, appointment_id, due_at=NOW - number * HOUR, send_before=useful)
    assert await plan_due(connection, now=NOW) == Planned(planned=10, expired=20)
    assert (await connection.execute(_COUNT)).scalar_one() == 10


async def test_a_second_look_plans_nothing_more(connection: AsyncConnection, organization_id: UUID) -> None:
    await set_rules(connection, organization_id)
    await remind_of(connection, await visit(connection, organization_id))
    assert await plan_due(connection, now=NOW) == Planned(planned=1)
    assert await plan_due(connection, now=NOW + HOUR) == Planned()


async def test_what_is_due_before_the_next_look_waits_in_the_outbox_for_its_time(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await set_rules(connection, organization_id)
    reminder_id = await remind_of(connection, await visit(connection, organization_id), due_at=NOW + MINUTE)
    assert await plan_due(connection, now=NOW, ahead=2 * MINUTE) == Planned(planned=1)
    assert (await story(connection, reminder_id))["send_after"] == NOW + MINUTE


async def test_a_look_takes_so_many_at_once_the_oldest_first(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await set_rules(connection, organization_id)
    ids = [
        await remind_of(connection, await visit(connection, organization_id, number), due_at=NOW - number * MINUTE)
        for number in range(5)
    ]
    assert await plan_due(connection, now=NOW, most=3) == Planned(planned=3, more=True)
    assert [(await story(connection, id_))["state"] for id_ in ids] == ["waiting"] * 2 + ["planned"] * 3
    assert await plan_due(connection, now=NOW, most=3) == Planned(planned=2)


async def test_who_said_no_is_skipped_with_the_reason(connection: AsyncConnection, organization_id: UUID) -> None:
    await set_rules(connection, organization_id)
    reminder_id = await remind_of(connection, await visit(connection, organization_id))
    await stop(connection, organization_id=organization_id, phone=phone(1), message_sid="SM1", now=NOW)
    assert await plan_due(connection, now=NOW) == Planned(skipped=1)
    told = await story(connection, reminder_id)
    assert (told["state"], told["reason"], told["message_state"], told["skip_reason"]) == (
        "skipped",
        "opted_out",
        "skipped",
        "opted_out",
    )


async def test_a_rules_words_of_each_version_have_a_run_of_their_own(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await set_rules(connection, organization_id)
    planned = [await remind_of(connection, await visit(connection, organization_id, 1))]
    notice = await remind_of(connection, await visit(connection, organization_id, 2), occasion="cancellation")
    await plan_due(connection, now=NOW)
    await set_rules(connection, organization_id, RULES.replace("See you", "We expect you"))
    planned.append(await remind_of(connection, await visit(connection, organization_id, 3)))
    await plan_due(connection, now=NOW)
    runs = [(await story(connection, id_))["campaign_run_id"] for id_ in (*planned, notice)]
    found = await connection.execute(
        text("SELECT r.id, c.body FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id")
    )
    bodies: dict[UUID, str] = {row.id: row.body for row in found}
    assert [bodies[run].split(" ")[0] for run in runs] == ["See", "We", "Your"]


async def test_reminders_of_a_rule_that_is_gone_wait_for_being_obsolete(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await set_rules(connection, organization_id)
    reminder_id = await remind_of(connection, await visit(connection, organization_id), rule="an older rule")
    assert await plan_due(connection, now=NOW) == Planned()
    assert (await story(connection, reminder_id))["state"] == "waiting"


async def test_without_a_sender_they_wait_people_are_told_once_a_day_and_they_expire(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    await set_rules(connection, organization_id)
    await connection.execute(text("UPDATE senders SET state = 'retired' WHERE purpose = 'transactional'"))
    reminder_id = await remind_of(connection, await visit(connection, organization_id))
    for minutes in range(3):
        assert await plan_due(connection, now=NOW + minutes * MINUTE) == Planned(stuck=1)
    incidents = (await connection.execute(text("SELECT kind, detail->>'reason' AS reason FROM incidents"))).all()
    assert [one.kind for one in incidents] == ["reminders_without_sender"]
    assert "TWILIO_MESSAGING_SERVICE_TRANSACTIONAL" in incidents[0].reason
    assert await plan_due(connection, now=START) == Planned(expired=1)
    assert (await story(connection, reminder_id))["state"] == "expired"


async def test_each_organizations_reminders_leave_from_its_own_sender(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    other = await add_organization(connection, "garage")
    await connection.execute(
        text("""
            INSERT INTO senders (id, organization_id, purpose, address, channel, rate, state, created_at)
            VALUES (gen_random_uuid(), :id, 'transactional', 'MG5', 'sms', 1, 'active', now())
        """),
        {"id": other},
    )
    reminder_ids: dict[UUID, int] = {}
    for owner in (organization_id, other):
        await set_rules(connection, owner)
        reminder_ids[owner] = await remind_of(connection, await visit(connection, owner))
    assert await plan_due(connection, now=NOW) == Planned(planned=2)
    for owner, reminder_id in reminder_ids.items():
        told = await story(connection, reminder_id)
        owners = await connection.execute(
            text("""
                SELECT s.organization_id, r.organization_id FROM senders s, campaign_runs r
                WHERE s.id = :sender_id AND r.id = :campaign_run_id
            """),
            told,
        )
        assert {told["organization_id"], *owners.one()} == {owner}


class Kept(NamedTuple):
    """A reminder that Twilio is to keep until its time."""

    name: str
    due: timedelta
    send_after: timedelta
    at_twilio: bool


KEPT = [
    Kept("days ahead", timedelta(days=3), timedelta(days=-31), at_twilio=True),
    Kept("just far enough", timedelta(minutes=7), timedelta(minutes=7) - timedelta(days=34), at_twilio=True),
    Kept("too near by now", timedelta(minutes=6), timedelta(minutes=6), at_twilio=False),
    Kept("late by now", -HOUR, -HOUR, at_twilio=False),
]


@pytest.mark.parametrize("one", KEPT, ids=lambda one: one.name)
async def test_what_twilio_is_to_keep_is_planned_early(
    connection: AsyncConnection, organization_id: UUID, one: Kept
) -> None:
    await set_rules(connection, organization_id)
    due_at = NOW + one.due
    reminder_id = await remind_of(
        connection,
        await visit(connection, organization_id),
        due_at=due_at,
        plan_at=due_at - timedelta(days=34),
        send_before=due_at + 2 * HOUR,
    )
    await plan_due(connection, now=NOW)
    told = await story(connection, reminder_id)
    assert (told["send_after"], told["send_at_twilio"]) == (
        NOW + one.send_after,
        due_at if one.at_twilio else None,
    )
