"""Answers to reminders through the simulated Twilio: the reminder leaves, the person answers, the desk sees it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.appointments.changing import apply_changes
from models.columns import utc_now
from models.inbound.handling import NO_REPLY, handle_inbound
from models.inbound.payload import InboundMessage
from models.reminders.planning import plan_due
from models.reminders.store import save_rules
from tasks.direct import send_direct
from tasks.equipment import Equipment
from tests.conftest import TRANSACTIONAL_SERVICE
from tests.integration.replies.conftest import PERSON, Talk
from tests.simulator.running import ACCOUNT_SID

RULES = """
rules:
  - {name: soon, when: 7 days before, text: 'See you {{ appointment.weekday }}. C confirms, R is for another.'}
answers: {cancel: true}
"""
STATES = "SELECT external_id, state FROM appointments ORDER BY 1"
CONFIRMED_BY = """
    SELECT e.what, m.body FROM appointment_events e JOIN messages m ON m.id = e.message_id ORDER BY e.id
"""
EVENTS = "SELECT subject ->> 'state' FROM events WHERE kind = 'appointment.changed' ORDER BY id"
CONSENTS = "SELECT count(*) FROM consent_events"


async def _book(talk: Talk, tools: Equipment, *days: int, reminded: bool = True) -> None:
    """Appointments in so many days, and the reminders that are due of them with the person."""
    async with talk.engine.begin() as connection:
        await save_rules(connection, talk.organization_id, RULES, actor="desk", now=utc_now())
        contact_id = (
            await connection.execute(
                text("""
                    INSERT INTO contacts (organization_id, phone, country, created_at, updated_at)
                    VALUES (:organization_id, :phone, 'US', now(), now()) RETURNING id
                """),
                {"organization_id": talk.organization_id, "phone": PERSON},
            )
        ).scalar_one()
        for day in days:
            change = {"external_id": f"A-{day}", "contact_id": contact_id, "timezone": "America/New_York"}
            starts_at = utc_now() + timedelta(days=day)
            await apply_changes(
                connection,
                talk.organization_id,
                [{**change, "starts_at": starts_at}],  # type: ignore[typeddict-item]  # its keys are above
                now=utc_now(),
                actor="desk",
            )
        if reminded:
            await plan_due(connection, now=utc_now())
    if reminded:
        await send_direct(tools, idle_seconds=0.1)


async def test_reminded_and_confirmed(talk: Talk, tools: Equipment) -> None:
    await _book(talk, tools, 3)
    [sent] = (await talk.twilio.get("messages"))["messages"]
    assert sent["to"] == PERSON
    assert sent["body"].endswith("C confirms, R is for another.")
    [thanks] = await talk.say("Yes!")
    assert thanks.startswith("Thank you. Your appointment is confirmed:")
    assert await talk.rows(STATES) == [("A-3", "confirmed")]
    assert await talk.rows(CONFIRMED_BY) == [("confirmed", "Yes!")]
    assert await talk.rows(EVENTS) == [("booked",), ("confirmed",)]
    assert await talk.rows(CONSENTS) == [(0,)]
    assert await talk.rows("SELECT unread FROM conversations") == [(0,)]


async def test_two_reminders_at_once_are_told_apart(talk: Talk, tools: Equipment) -> None:
    await _book(talk, tools, 3, 5)
    [question] = await talk.say("X")
    assert question.splitlines()[0] == "Which appointment do you mean?"
    [answer] = await talk.say("2")
    assert answer.startswith("Your appointment is canceled:")
    assert await talk.rows(STATES) == [("A-3", "booked"), ("A-5", "canceled")]


async def test_a_stop_to_a_reminder_is_a_stop(talk: Talk, tools: Equipment) -> None:
    await _book(talk, tools, 3)
    await talk.say("CANCEL")
    assert await talk.rows(STATES) == [("A-3", "booked")]
    assert await talk.rows("SELECT DISTINCT state FROM consents") == [("opted_out",)]


async def test_on_whatsapp_too(talk: Talk, tools: Equipment) -> None:
    await _book(talk, tools, 3, reminded=False)
    [thanks] = await talk.say("C", whatsapp=True)
    assert thanks.startswith("Thank you. Your appointment is confirmed:")
    assert await talk.rows(STATES) == [("A-3", "confirmed")]


REPLIES = "SELECT state::text, cause FROM messages WHERE direction = 'outbound' AND cause LIKE 'reply%'"

# How late an answer is handled, and the reply that then leaves by the outbox.
LATE: dict[str, tuple[timedelta, list[tuple[str, str]]]] = {
    "minutes late": (timedelta(minutes=3), [("planned", "reply: appointment")]),
    "hours late": (timedelta(hours=3), []),
}


@pytest.mark.parametrize("case", LATE)
async def test_an_answer_that_is_handled_late_counts(talk: Talk, tools: Equipment, case: str) -> None:
    late, replies = LATE[case]
    await _book(talk, tools, 3)
    said_at = utc_now() - late
    await talk.do("UPDATE messages SET attempted_at = :at", at=said_at - timedelta(minutes=9))
    for _ in range(2):
        await _replay(talk, "YES", said_at)
    assert await talk.rows(STATES) == [("A-3", "confirmed")]
    assert await talk.rows(CONFIRMED_BY) == [("confirmed", "YES")]
    assert await talk.rows(REPLIES) == replies
    assert await talk.rows(CONSENTS) == [(0,)]


async def _replay(talk: Talk, body: str, said_at: datetime) -> Any:
    message = InboundMessage(
        twilio_sid="SM" + "1" * 32,
        account_sid=ACCOUNT_SID,
        phone=PERSON,
        our_number="+12025550100",
        service_sid=TRANSACTIONAL_SERVICE,
        body=body,
    )
    async with talk.engine.begin() as connection:
        assert (await handle_inbound(connection, message, now=said_at)).answer == NO_REPLY
