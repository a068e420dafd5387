"""What an answer to a reminder does: to the appointment, its story, other systems, and the conversation."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.reminders.store import save_rules
from tests.integration.appointments.answers import START, Patient, patient
from tests.integration.outbox import NOW, rows

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
RULES = """
rules: []
answers:
  cancel: true
  cancel_hours: 2
  words: {confirm: [passt]}
  texts: {confirmed: 'See you, {{ first_name }}!'}
"""
Booked = dict[str, dict[str, Any]]
BOTH: Booked = {"A-1": {"reminded": HOUR}, "A-2": {"starts_at": START + DAY}}
TWINS: Booked = {"A-1": {"reminded": HOUR}, "A-2": {"reminded": HOUR, "starts_at": START + DAY}}
WHICH = """Which appointment do you mean?
1 Tuesday March 3, 10:00 AM
2 Wednesday March 4, 10:00 AM
Reply with its number."""

Conversation = tuple[Booked, list[tuple[str, str]], dict[str, str], int]

# What there is, what is said and answered (the beginning of it), how it stands then, and what is unread.
CASES: dict[str, Conversation] = {
    "confirmed": (
        {"A-1": {"reminded": HOUR}},
        [("C", "Thank you. Your appointment is confirmed: Tuesday March 3, 10:00 AM.")],
        {"A-1": "confirmed"},
        0,
    ),
    "YES is no START": ({"A-1": {"reminded": HOUR}}, [("YES", "Thank you.")], {"A-1": "confirmed"}, 0),
    "twice is once": ({"A-1": {"reminded": HOUR}}, [("1", "Thank"), ("1", "Thank")], {"A-1": "confirmed"}, 0),
    "another time is for a person": (
        {"A-1": {"reminded": HOUR}},
        [("R", "Thank you. We will contact you about another time instead of Tuesday March 3, 10:00 AM.")],
        {"A-1": "reschedule_requested"},
        1,
    ),
    "X where nobody may": (
        {"A-1": {"reminded": HOUR}},
        [("X", "This appointment cannot be canceled by text")],
        {"A-1": "booked"},
        1,
    ),
    "the one last reminded of": (BOTH, [("C", "Thank you.")], {"A-1": "confirmed", "A-2": "booked"}, 0),
    "which of two": (
        TWINS,
        [("C", WHICH), ("2", "Thank you. Your appointment is confirmed: Wednesday March 4"), ("C", "Thank you.")],
        {"A-1": "confirmed", "A-2": "confirmed"},
        1,
    ),
    "which, and then something else": (
        TWINS,
        [("C", WHICH), ("Could my sister come along?", "")],
        {"A-1": "booked", "A-2": "booked"},
        2,
    ),
    "unreminded, one": ({"A-1": {}}, [("C", "Thank you.")], {"A-1": "confirmed"}, 0),
    "unreminded, several": (
        {"A-1": {}, "A-2": {"starts_at": START + DAY}},
        [("R", WHICH), ("1", "Thank you. We will contact you")],
        {"A-1": "reschedule_requested", "A-2": "booked"},
        2,
    ),
    "after the start": (
        {"A-1": {"reminded": HOUR, "starts_at": NOW}},
        [("C", "The time of this appointment has passed: Monday March 2, 10:00 AM. Please call us.")],
        {"A-1": "booked"},
        1,
    ),
    "cancelled meanwhile": (
        {"A-1": {"reminded": HOUR, "state": "canceled"}},
        [("C", "This appointment was canceled")],
        {"A-1": "canceled"},
        1,
    ),
    "free text": ({"A-1": {"reminded": HOUR}}, [("yes if I can bring my dog", "")], {"A-1": "booked"}, 1),
    "a day after, a YES is about nothing": (
        {"A-1": {"reminded": 3 * DAY, "starts_at": NOW - 2 * DAY}},
        [("YES", "")],
        {"A-1": "booked"},
        1,
    ),
}


async def _in_turn(them: Patient, appointments: Booked, talk: Sequence[tuple[str, str]]) -> None:
    for external_id, named in appointments.items():
        await them.has(external_id, **named)
    for body, answer in talk:
        texts = await them.person.says(body)
        assert len(texts) == bool(answer), (body, texts)
        assert "".join(texts).startswith(answer), (body, texts)


@pytest.mark.parametrize("case", CASES)
async def test_an_answer(connection: AsyncConnection, organization_id: UUID, case: str) -> None:
    appointments, talk, states, unread = CASES[case]
    them = await patient(connection, organization_id)
    await _in_turn(them, appointments, talk)
    assert await them.states() == states
    assert await them.unread() == unread


async def test_the_story_and_the_event_name_the_message(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    them = await patient(connection, organization_id)
    await them.has(reminded=HOUR)
    await them.person.says("C")
    query = """
        SELECT e.what, e.actor, e.detail ->> 'to', m.body
        FROM appointment_events e JOIN messages m ON m.id = e.message_id
    """
    assert await rows(connection, query) == [("confirmed", "answer", "confirmed", "C")]
    events = "SELECT subject ->> 'state' FROM events WHERE kind = 'appointment.changed' ORDER BY id"
    assert await rows(connection, events) == [("booked",), ("confirmed",)]
    causes = "SELECT cause FROM messages WHERE direction = 'outbound' AND cause IS NOT NULL"
    assert await rows(connection, causes) == [("reply: appointment",)]


async def test_the_same_message_again_changes_nothing(connection: AsyncConnection, organization_id: UUID) -> None:
    them = await patient(connection, organization_id)
    await them.has(reminded=HOUR)
    await them.person.says("R")
    await them.change("A-1", state="booked")
    assert await them.person.again("R") == []
    assert await them.states() == {"A-1": "booked"}


async def test_an_earlier_answer_that_comes_later_changes_nothing(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    them = await patient(connection, organization_id)
    await them.has(reminded=HOUR)
    them.person.waits(minutes=30)
    await them.person.says("R")
    them.person.waits(minutes=-20)
    assert await them.person.says("C") == []
    assert await them.states() == {"A-1": "reschedule_requested"}


async def test_a_moved_one_is_confirmed_only_at_its_new_time(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    them = await patient(connection, organization_id)
    await them.has(reminded=HOUR)
    await them.change("A-1", starts_at=START + DAY)
    told = await them.person.says("C")
    assert told[0].startswith("Your appointment has another time now: Wednesday March 4, 10:00 AM. Reply C")
    assert await them.states() == {"A-1": "booked"}
    them.person.waits(minutes=5)
    await them.change("A-1", starts_at=START + 2 * DAY)
    assert (await them.person.says("C"))[0].startswith("Your appointment has another time now: Thursday March 5")
    assert (await them.person.says("C"))[0].startswith("Thank you.")
    assert await them.states() == {"A-1": "confirmed"}


async def test_what_the_organization_decided(connection: AsyncConnection, organization_id: UUID) -> None:
    await save_rules(connection, organization_id, RULES, actor="desk", now=NOW)
    them = await patient(connection, organization_id)
    await them.has("A-1", reminded=2 * HOUR)
    await them.has("A-2", reminded=HOUR, starts_at=NOW + 2 * HOUR)
    assert await them.person.says("Passt!") == ["See you, Ada!"]
    assert (await them.person.says("X"))[0].startswith("This appointment cannot be canceled by text")
    assert await them.states() == {"A-1": "booked", "A-2": "confirmed"}


async def test_cancelled_by_an_answer_nobody_is_told_so_again(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    rules = """
rules: [{name: evening, when: 1 day before, text: Soon, on_cancel: {text: Off, only_if_reminded: false}}]
answers: {cancel: [Checkup]}
"""
    await save_rules(connection, organization_id, rules, actor="desk", now=NOW)
    them = await patient(connection, organization_id)
    await them.has(starts_at=START + 5 * DAY)
    assert (await them.person.says("X"))[0].startswith("Do you want to cancel this appointment?\n1 Sunday March 8")
    assert (await them.person.says("1"))[0].startswith("Your appointment is canceled: Sunday March 8")
    assert await them.states() == {"A-1": "canceled"}
    notices = "SELECT count(*) FROM reminders WHERE occasion = 'cancellation'"
    assert await rows(connection, notices) == [(0,)]
    assert await rows(connection, "SELECT state FROM reminders") == [("obsolete",)]


LANGUAGES = [("de", "Vielen Dank. Ihr Termin ist"), ("pt_BR", "Obrigado."), ("pl", "Dziękujemy."), (None, "Thank")]


@pytest.mark.parametrize(("locale", "beginning"), LANGUAGES)
async def test_the_reply_is_in_the_persons_language(
    connection: AsyncConnection, organization_id: UUID, locale: str | None, beginning: str
) -> None:
    them = await patient(connection, organization_id, locale=locale)
    await them.has(reminded=HOUR)
    assert (await them.person.says("C"))[0].startswith(beginning)


MODES = [("person", "C", "confirmed", 0), ("person", "YES", "booked", 1), ("silent", "C", "confirmed", 0),
         ("studio", "C", "booked", 1)]  # fmt: skip


@pytest.mark.parametrize(("mode", "body", "state", "unread"), MODES)
async def test_while_somebody_else_has_the_conversation(
    connection: AsyncConnection, organization_id: UUID, mode: str, body: str, state: str, unread: int
) -> None:
    them = await patient(connection, organization_id)
    await them.has(reminded=HOUR)
    await them.person.says("Hello")
    await connection.execute(
        text("UPDATE conversations SET mode = :mode, mode_until = NULL, unread = 0"), {"mode": mode}
    )
    assert await them.person.says(body) == []
    assert await them.states() == {"A-1": state}
    assert await them.unread() == unread
