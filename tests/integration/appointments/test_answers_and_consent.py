"""Answers to reminders, and consent: a no comes first, and a YES to a reminder restores none."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from models.policy.store import set_policy
from models.reminders.store import save_rules
from tests.integration.appointments.answers import patient
from tests.integration.outbox import NOW, rows

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

NOT_REMINDED: dict[str, dict[str, Any]] = {
    "it did not leave": {"state": "planned"},
    "nor when it was skipped": {"state": "skipped"},
    "it did not arrive": {"state": "undelivered"},
    "on another channel": {"channel": "whatsapp"},
    "that it was cancelled": {"occasion": "cancellation"},
    "Twilio still keeps it": {"state": "scheduled", "send_at_twilio": NOW + HOUR},
}


@pytest.mark.parametrize("case", NOT_REMINDED)
async def test_a_yes_without_a_reminder_is_a_start(
    connection: AsyncConnection, organization_id: UUID, case: str
) -> None:
    them = await patient(connection, organization_id)
    await them.has()
    await them.person.says("STOP")
    await them.reminded_of("A-1", NOW, **NOT_REMINDED[case])
    await them.person.says("YES")
    assert await them.states() == {"A-1": "booked"}
    assert await rows(connection, "SELECT DISTINCT state FROM consents") != [("opted_out",)]


REMINDED: dict[str, dict[str, Any]] = {
    "sent": {"state": "sent"},
    "its answer from Twilio got lost": {"state": "unknown"},
    "kept by Twilio until it was time": {"state": "scheduled", "send_at_twilio": NOW - HOUR},
}


@pytest.mark.parametrize("case", REMINDED)
async def test_a_yes_to_a_reminder(connection: AsyncConnection, organization_id: UUID, case: str) -> None:
    them = await patient(connection, organization_id)
    await them.has()
    await them.reminded_of("A-1", NOW, **REMINDED[case])
    await them.person.says("YES")
    assert await them.states() == {"A-1": "confirmed"}
    assert await rows(connection, "SELECT count(*) FROM consent_events") == [(0,)]


STOPS = ["STOP", "cancel", "please stop texting me", "stornieren", "annuler", "remove me from your list"]


@pytest.mark.parametrize("body", STOPS)
async def test_a_stop_always_wins(connection: AsyncConnection, organization_id: UUID, body: str) -> None:
    rules = "rules: []\nanswers: {cancel: true}"
    await save_rules(connection, organization_id, rules, actor="desk", now=NOW)
    them = await patient(connection, organization_id)
    await them.has(reminded=HOUR)
    await them.person.says(body)
    assert await them.states() == {"A-1": "booked"}
    assert await rows(connection, "SELECT DISTINCT state FROM consents") == [("opted_out",)]


async def test_an_organizations_word_for_stop_wins_too(connection: AsyncConnection, organization_id: UUID) -> None:
    await set_policy(connection, organization_id, "opt_out: {keywords: [c]}", actor="desk", now=NOW)
    them = await patient(connection, organization_id)
    await them.has(reminded=HOUR)
    await them.person.says("C")
    assert await them.states() == {"A-1": "booked"}
    assert await rows(connection, "SELECT DISTINCT state FROM consents") == [("opted_out",)]


async def test_who_said_no_still_comes_and_hears_nothing(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    them = await patient(connection, organization_id)
    await them.has(reminded=HOUR)
    await them.person.says("STOP")
    assert await them.person.says("C") == []
    assert await them.states() == {"A-1": "confirmed"}
    assert await rows(connection, "SELECT DISTINCT state FROM consents") == [("opted_out",)]


async def test_a_yes_after_a_stop_restores_nothing_where_somebody_was_reminded(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    them = await patient(connection, organization_id)
    await them.has(reminded=HOUR)
    await them.person.talks("STOP", "YES")
    assert await them.states() == {"A-1": "booked"}
    assert await them.unread() == 2
    assert await rows(connection, "SELECT DISTINCT state FROM consents") == [("opted_out",)]
    await them.person.says("START")
    assert await rows(connection, "SELECT DISTINCT state FROM consents") != [("opted_out",)]


async def test_cancelling_an_appointment_is_no_doubt_about_messages(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    them = await patient(connection, organization_id)
    await them.has(reminded=HOUR)
    await them.person.says("cancel my appointment")
    assert await rows(connection, "SELECT count(*) FROM consent_reviews") == [(0,)]
    await them.change("A-1", starts_at=NOW - 3 * DAY)
    await them.person.says("cancel my appointment")
    assert await rows(connection, "SELECT count(*) FROM consent_reviews") == [(1,)]
