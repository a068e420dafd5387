"""What people write about our messages in their own words, and what it does to consent."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from models.policy.store import set_policy
from models.reviews.keeping import keep_in_step
from tests.integration.outbox import NOW, PHONE, rows
from tests.integration.population import set_consent
from tests.integration.surveys.person import Person, set_up

STATES = "SELECT DISTINCT state, in_review FROM consents WHERE phone = :phone ORDER BY 1, 2"
REVIEWS = "SELECT state, decided_by FROM consent_reviews ORDER BY id"

OPTED_OUT = (
    "Stop please",
    "take me off your list",
    "Bitte keine SMS mehr",
    "\U0001f6d1",
    "stoppppp",
    "leave me alone!",
)
DOUBTFUL = ("please cancel my order", "don't stop", "stop by at 5")


@pytest.fixture
async def person(connection: AsyncConnection, organization_id: UUID) -> Person:
    """Someone who agreed to marketing."""
    await set_up(connection, organization_id)
    await set_consent(connection, organization_id, PHONE, message_type="marketing", state="opted_in")
    return Person(connection)


@pytest.mark.parametrize("body", OPTED_OUT)
async def test_a_refusal_ends_everything(person: Person, body: str) -> None:
    await person.says(body)
    assert await rows(person.connection, STATES, phone=PHONE) == [("opted_out", False)]
    evidence = await rows(
        person.connection,
        "SELECT DISTINCT method, message_sid, evidence ->> 'recognised' <> '' FROM consent_events"
        " WHERE state_after = 'opted_out'",
    )
    assert evidence == [("plain_language", person.sids[0], True)]


async def test_a_start_takes_it_back(person: Person) -> None:
    await person.talks("no more texts", "START")
    found = "SELECT state FROM consents WHERE phone = :phone AND message_type = 'marketing'"
    assert await rows(person.connection, found, phone=PHONE) == [("opted_in",)]


@pytest.mark.parametrize("body", DOUBTFUL)
async def test_a_doubt_holds_marketing(person: Person, body: str) -> None:
    await person.says(body)
    assert await rows(person.connection, REVIEWS) == [("open", None)]
    assert await rows(person.connection, STATES, phone=PHONE) == [("opted_in", True)]


async def test_one_review_for_a_conversation(person: Person) -> None:
    await person.talks(*DOUBTFUL, "please cancel")
    assert await rows(person.connection, REVIEWS) == [("opted_out", "the person")]
    assert await rows(person.connection, STATES, phone=PHONE) == [("opted_out", False)]


async def test_who_said_no_to_everything_is_in_no_doubt(person: Person) -> None:
    await person.talks("STOP", *DOUBTFUL)
    assert await rows(person.connection, REVIEWS) == []


async def test_a_consent_that_comes_while_it_is_open_is_held(person: Person, organization_id: UUID) -> None:
    await person.connection.exec_driver_sql("DELETE FROM consents")
    await person.says("will these stop?")
    await set_consent(person.connection, organization_id, PHONE, message_type="marketing", state="opted_in")
    await set_consent(person.connection, organization_id, PHONE, message_type="transactional", state="opted_in")
    held = "SELECT message_type, in_review FROM consents ORDER BY 1"
    assert await rows(person.connection, held) == [("marketing", True), ("transactional", False)]


async def test_twilio_s_own_word_wins(person: Person) -> None:
    """Advanced Opt-Out decides what a text is; nothing else is read into it."""
    await person.says("don't stop", OptOutType="HELP")
    assert await rows(person.connection, REVIEWS) == []
    await person.says("gibberish", OptOutType="STOP")
    assert await rows(person.connection, STATES, phone=PHONE) == [("opted_out", False)]


async def test_a_survey_takes_its_answer_and_a_person_the_doubt(person: Person) -> None:
    assert await person.talks("visit", "9") == [["Hi!\nScore?"], ["Why 9?"]]
    assert await person.says("you don't need to stop anything") == ["Again?"]
    assert await rows(person.connection, REVIEWS) == [("open", None)]
    assert await person.says("yes") == ["Thanks, you: yes."]


async def test_a_refusal_is_no_answer(person: Person) -> None:
    await person.talks("visit", "9")
    assert await person.says("please stop texting me") == []
    assert await rows(person.connection, "SELECT state FROM survey_runs") == [("stopped",)]
    assert await rows(person.connection, STATES, phone=PHONE) == [("opted_out", False)]


async def test_a_word_of_the_organization(person: Person, organization_id: UUID) -> None:
    written = "opt_out: {keywords: [Bye bye]}"
    await set_policy(person.connection, organization_id, written, actor="test", now=NOW)
    await person.says("bye!")
    assert await rows(person.connection, STATES, phone=PHONE) == [("opted_in", False)]
    await person.says("bye bye!")
    assert await rows(person.connection, STATES, phone=PHONE) == [("opted_out", False)]


async def test_the_same_message_again_opens_nothing(person: Person) -> None:
    await person.says("don't stop")
    await person.connection.exec_driver_sql("UPDATE consent_reviews SET state = 'kept'")
    await person.again("don't stop")
    assert await rows(person.connection, REVIEWS) == [("kept", None)]


async def test_the_sweep_mends_what_came_at_the_same_moment(person: Person) -> None:
    await person.says("don't stop")
    await person.connection.exec_driver_sql("UPDATE consents SET in_review = false")
    assert [await keep_in_step(person.connection, now=NOW) for _ in range(2)] == [1, 0]
    assert await rows(person.connection, STATES, phone=PHONE) == [("opted_in", True)]
    await person.connection.exec_driver_sql("UPDATE consent_reviews SET state = 'kept'")
    assert [await keep_in_step(person.connection, now=NOW) for _ in range(2)] == [1, 0]
    assert await rows(person.connection, STATES, phone=PHONE) == [("opted_in", False)]
