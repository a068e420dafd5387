"""A survey waits and a reminder came: what was asked last is answered."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.integration.appointments.answers import Patient, patient
from tests.integration.outbox import rows
from tests.integration.surveys.person import set_up

MINUTE = timedelta(minutes=1)
ANSWERS = "SELECT step, outcome FROM survey_answers ORDER BY id"


@pytest.fixture
async def asked(connection: AsyncConnection, organization_id: UUID) -> Patient:
    """Somebody with an appointment, whom a survey has just asked for a number."""
    await set_up(connection, organization_id)
    them = await patient(connection, organization_id)
    await them.has()
    assert await them.person.says("visit") == ["Hi!\nScore?"]
    return them


async def test_a_reminder_that_came_after_the_question_is_answered(asked: Patient) -> None:
    await asked.reminded_of("A-1", asked.person.now + MINUTE)
    asked.person.now += 2 * MINUTE
    [thanks] = await asked.person.says("1")
    assert thanks.startswith("Thank you.")
    assert await asked.states() == {"A-1": "confirmed"}
    assert await rows(asked.connection, ANSWERS) == []


async def test_and_the_question_still_takes_what_is_no_answer_to_a_reminder(asked: Patient) -> None:
    await asked.reminded_of("A-1", asked.person.now + MINUTE)
    asked.person.now += 2 * MINUTE
    assert await asked.person.says("9") == ["Why 9?"]
    assert await asked.states() == {"A-1": "booked"}


async def test_a_question_that_came_after_the_reminder_is_answered(asked: Patient) -> None:
    await asked.reminded_of("A-1", asked.person.now - 2 * MINUTE)
    assert await asked.person.says("1") == ["Why 1?"]
    assert await asked.states() == {"A-1": "booked"}


async def test_a_reminder_that_never_left_is_not_answered(asked: Patient) -> None:
    await asked.reminded_of("A-1", asked.person.now + MINUTE, state="canceled")
    asked.person.now += 2 * MINUTE
    assert await asked.person.says("1") == ["Why 1?"]
