"""A survey with people, as the webhook handles their messages: answers, ends, and what wins over it."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from models.surveys.answering import take_answer
from models.surveys.ending import time_out_surveys
from models.surveys.starting import start_survey
from models.surveys.store import NoSuchSurvey
from tests.integration.outbox import NOW, PHONE, rows, sid
from tests.integration.surveys.person import SURVEY, Person, set_up

OTHER = "+12025550124"
STATES = "SELECT r.state, r.step FROM survey_runs r ORDER BY r.started_at, r.id"
ANSWERS = "SELECT step, outcome, value FROM survey_answers ORDER BY id"
EVENTS = "SELECT subject ->> 'state' FROM events WHERE kind = 'survey.finished' ORDER BY id"


@pytest.fixture
async def person(connection: AsyncConnection, organization_id: UUID) -> Person:
    await set_up(connection, organization_id)
    return Person(connection)


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
async def test_a_survey_from_its_word_to_its_end(person: Person, channel: str) -> None:
    person.channel = channel
    heard = await person.talks("Visit", "eleven", "9", "good food", "YES")
    assert heard == [["Hi!\nScore?"], ["0 to 10."], ["Why 9?"], ["Again?"], ["Thanks, you: yes."]]
    assert await rows(person.connection, ANSWERS) == [
        ("score", "invalid", None),
        ("score", "answered", 9),
        ("why", "answered", "good food"),
        ("again", "answered", True),
    ]
    assert await rows(person.connection, STATES) == [("finished", "again")]
    assert await rows(person.connection, "SELECT tags FROM contacts") == [(["surveyed"],)]
    assert await rows(person.connection, EVENTS) == [("finished",)]
    assert await person.says("bye") == ["We will read this."]


async def test_yes_in_a_survey_restores_no_consent(person: Person) -> None:
    await person.talks("visit", "9", "skip")
    assert await person.says("YES", OptOutType="START") == ["Thanks, you: yes."]
    assert await rows(person.connection, "SELECT method FROM consent_events") == []


async def test_yes_after_the_survey_is_a_start_again(person: Person) -> None:
    await person.talks("visit", "9", "skip", "no", "STOP", "YES")
    states = "SELECT DISTINCT state_after FROM consent_events WHERE message_sid = :sid"
    assert await rows(person.connection, states, sid=person.sids[-1]) == [("unknown",)]


@pytest.mark.parametrize("word", ["STOP", "end", "Cancel"])
async def test_a_stop_in_the_middle_wins(person: Person, word: str) -> None:
    await person.talks("visit", "9")
    assert await person.says(word) == []
    assert await rows(person.connection, STATES) == [("stopped", "why")]
    assert await rows(person.connection, "SELECT DISTINCT state FROM consents") == [("opted_out",)]
    assert await rows(person.connection, EVENTS) == [("stopped",)]
    assert await person.says("good food") == []


async def test_a_stop_of_twilio_s_in_other_words_wins(person: Person) -> None:
    await person.talks("visit", "9")
    assert await person.says("basta", OptOutType="STOP") == []
    assert await rows(person.connection, STATES) == [("stopped", "why")]


async def test_a_stop_on_one_channel_ends_the_survey_on_the_other(person: Person) -> None:
    person.channel = "whatsapp"
    await person.says("visit")
    person.channel = "sms"
    await person.says("STOP")
    assert await rows(person.connection, STATES) == [("stopped", "score")]


@pytest.mark.parametrize("word", ["START", "HELP", "info"])
async def test_start_and_help_are_no_answers(person: Person, word: str) -> None:
    await person.talks("visit", "9", word)
    assert await rows(person.connection, STATES) == [("active", "why")]
    assert await person.says("the food") == ["Again?"]


async def test_who_was_opted_out_meanwhile_is_asked_nothing_more(person: Person, organization_id: UUID) -> None:
    await person.says("visit")
    await opt_out(
        person.connection,
        organization_id=organization_id,
        phones=[PHONE],
        method=ConsentMethod.CARRIER,
        source="test",
        message_sids=[None],
        now=person.now,
    )
    taken = await take_answer(
        person.connection,
        organization_id=organization_id,
        **await _place(person.connection),
        message_sid=sid(1),
        body="9",
        now=person.now,
    )
    assert taken is None
    assert await rows(person.connection, STATES) == [("stopped", "score")]


async def _place(connection: AsyncConnection) -> dict[str, Any]:
    [(conversation_id, contact_id)] = await rows(connection, "SELECT id, contact_id FROM conversations")
    return {"conversation_id": conversation_id, "contact_id": contact_id}


async def test_the_same_message_twice_is_one_answer(person: Person, organization_id: UUID) -> None:
    await person.says("visit")
    assert await person.says("eleven") == ["0 to 10."]
    assert await person.again("eleven") == []
    place = await _place(person.connection)
    again = await take_answer(
        person.connection,
        organization_id=organization_id,
        **place,
        message_sid=person.sids[-1],
        body="eleven",
        now=person.now,
    )
    assert again == []
    assert await rows(person.connection, "SELECT tries FROM survey_runs") == [(1,)]


async def test_given_up_after_the_last_try(person: Person) -> None:
    assert (await person.talks("visit", "x", "y"))[-1] == ["Never mind."]
    assert await rows(person.connection, STATES) == [("gave_up", "score")]
    assert await rows(person.connection, "SELECT tags FROM contacts") == [([],)]


async def test_an_answer_that_comes_too_late_is_an_ordinary_message(person: Person) -> None:
    await person.talks("visit", "9")
    person.waits(hours=24)
    assert await person.says("the food") == ["We will read this."]
    assert await rows(person.connection, STATES) == [("timed_out", "why")]
    assert await person.says("visit") == ["Hi!\nScore?"]


async def test_each_answer_gives_time_for_the_next(person: Person) -> None:
    await person.says("visit")
    person.waits(hours=20)
    await person.says("9")
    person.waits(hours=20)
    assert await person.says("the food") == ["Again?"]


async def test_what_was_written_before_the_question_is_no_answer(person: Person) -> None:
    await person.says("visit")
    person.waits(hours=-2)
    assert await person.says("9") == ["We will read this."]
    assert await rows(person.connection, ANSWERS) == []


async def test_the_sweep_ends_what_waited_too_long(person: Person) -> None:
    await person.says("visit")
    other = Person(person.connection, phone=OTHER)
    other.waits(hours=1)
    await other.says("visit")
    person.waits(hours=24)
    assert await time_out_surveys(person.connection, now=person.now) == 1
    assert await rows(person.connection, STATES) == [("timed_out", "score"), ("active", "score")]
    assert await rows(person.connection, EVENTS) == [("timed_out",)]
    assert await time_out_surveys(person.connection, now=person.now) == 0


async def test_several_people_and_surveys_at_once(person: Person, organization_id: UUID) -> None:
    poll = SURVEY.replace("name: visit", "name: poll").replace("Hi!", "Poll!")
    await set_up(person.connection, organization_id, poll)
    other = Person(person.connection, phone=OTHER)
    await other.says("hello")
    [(conversation_id, contact_id)] = await rows(
        person.connection,
        "SELECT v.id, contact_id FROM conversations v JOIN contacts c ON c.id = contact_id WHERE phone = :phone",
        phone=OTHER,
    )
    await person.says("visit")
    began = {
        "organization_id": organization_id,
        "conversation_id": conversation_id,
        "contact_id": contact_id,
        "now": NOW,
    }
    assert await start_survey(person.connection, name="poll", **began) == ["Poll!\nScore?"]
    assert await start_survey(person.connection, name="visit", **began) == []
    assert await person.says("3") == ["Why 3?"]
    assert await other.says("4") == ["Why 4?"]


async def test_a_survey_that_is_none(connection: AsyncConnection, organization_id: UUID) -> None:
    with pytest.raises(NoSuchSurvey, match=r'no survey "vist"; see `tidings surveys list`'):
        await start_survey(
            connection,
            organization_id=organization_id,
            conversation_id=organization_id,
            contact_id=1,
            name="vist",
            now=NOW,
        )


async def test_who_began_an_old_version_ends_it(person: Person, organization_id: UUID) -> None:
    await person.says("visit")
    changed = await set_up(person.connection, organization_id, SURVEY.replace("Why {{ score }}?", "How come?"))
    assert changed.version == 2
    assert (await set_up(person.connection, organization_id, changed.source)).version == 2
    assert await person.says("9") == ["Why 9?"]
    other = Person(person.connection, phone=OTHER)
    assert (await other.talks("visit", "9"))[-1] == ["How come?"]


async def test_two_answers_at_once_are_two_steps(committed: AsyncEngine) -> None:
    async with committed.begin() as connection:
        organization_id = UUID(str((await connection.execute(text("SELECT id FROM organizations"))).scalar_one()))
        await set_up(connection, organization_id)
        await Person(connection).says("visit")
        place = await _place(connection)

    async def one(number: int) -> list[str] | None:
        async with committed.begin() as connection:
            return await take_answer(
                connection,
                organization_id=organization_id,
                **place,
                message_sid=sid(number),
                body="7",
                now=NOW,
            )

    heard = await asyncio.gather(one(1), one(2), one(2))
    assert sorted(map(str, heard)) == ["['Again?']", "['Why 7?']", "[]"]
    async with committed.connect() as connection:
        assert await rows(connection, "SELECT step, value FROM survey_answers ORDER BY id") == [
            ("score", 7),
            ("why", "7"),
        ]
