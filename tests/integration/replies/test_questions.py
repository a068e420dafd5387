"""A survey and a double opt-in over the wire: the simulator's person, the real webhook, SMS and WhatsApp."""

import asyncio
from pathlib import Path

import pytest

from models.columns import utc_now
from models.consent.tables import ConsentMethod
from models.surveys.definition import parse
from models.surveys.store import add_survey
from tests.integration.replies.conftest import PERSON, Talk

EXAMPLE = Path(__file__).parents[3] / "examples" / "survey.yaml"
RULES = """
identity: Acme Dental
rules:
  - {words: [visit, besuch], survey: visit}
  - {words: [join], join: {}}
default: {reply: A person will read this.}
"""
ASKED = (
    "Acme Dental: reply YES to get our offers as text messages. Message and data rates may apply. STOP ends it."
)
THANKED = "Acme Dental: thank you, you are on our list. Reply STOP to leave it, HELP for help."
WHATSAPP = pytest.mark.parametrize("whatsapp", [False, True], ids=["sms", "whatsapp"])


async def _load(talk: Talk) -> None:
    await talk.rules(RULES)
    text = EXAMPLE.read_text()
    survey = parse(text, where="survey.yaml").checked(())
    async with talk.engine.begin() as connection:
        await add_survey(connection, survey, organization_id=talk.organization_id, source=text, now=utc_now())


@WHATSAPP
async def test_a_survey(talk: Talk, *, whatsapp: bool) -> None:
    await _load(talk)
    heard = [
        text
        for body in ("Besuch", "a lot", "9", "Weiter", "Empfang!", "bye")
        for text in await talk.say(body, whatsapp=whatsapp)
    ]
    assert heard == [
        "Hi there, three short questions about your visit.\nHow likely are you to come again, from 0 to 10?",
        "A number from 0 to 10, please.",
        "You said 9. Why? (Reply SKIP to leave this out.)",
        "Whom did you like best? 1 front desk, 2 doctor",
        "Thank you!",
        "A person will read this.",
    ]
    await talk.until_states(*["delivered"] * 6)
    assert await talk.rows("SELECT state FROM survey_runs") == [("finished",)]
    assert await talk.rows("SELECT step, value FROM survey_answers WHERE outcome = 'answered' ORDER BY id") == [
        ("score", 9),
        ("team", "front desk"),
    ]
    assert await talk.rows("SELECT tags FROM contacts") == [(["surveyed"],)]
    assert await talk.rows("SELECT count(*) FROM consent_events") == [(0,)]


@WHATSAPP
async def test_a_stop_in_the_middle_of_a_survey(talk: Talk, *, whatsapp: bool) -> None:
    await _load(talk)
    await talk.say("visit", whatsapp=whatsapp)
    confirmed = await talk.say("Stop", whatsapp=whatsapp)
    assert len(confirmed) == (1 if whatsapp else 0)
    assert await talk.say("9", whatsapp=whatsapp) == []
    assert await talk.rows("SELECT state FROM survey_runs") == [("stopped",)]
    assert await talk.rows("SELECT DISTINCT state FROM consents") == [("opted_out",)]


@WHATSAPP
async def test_a_double_opt_in(talk: Talk, *, whatsapp: bool) -> None:
    await _load(talk)
    said = ("Join!", "JOIN", "what is it?", "Yes")
    heard = [await talk.say(body, whatsapp=whatsapp) for body in said]
    assert heard == [[ASKED], [], ["A person will read this."], [THANKED]]
    states = "SELECT channel, state FROM consents WHERE message_type = 'marketing'"
    channel = "whatsapp" if whatsapp else "sms"
    assert await talk.rows(states) == [(channel, "opted_in")]
    ledger = "SELECT state_after, method, wording, phone FROM consent_events ORDER BY id"
    method = ConsentMethod.DOUBLE_OPT_IN.value
    assert await talk.rows(ledger) == [
        ("pending", method, ASKED, PERSON),
        ("opted_in", method, ASKED, PERSON),
    ]
    await talk.until_states(*["delivered"] * 3)


@WHATSAPP
async def test_a_stop_ends_what_join_asked(talk: Talk, *, whatsapp: bool) -> None:
    await _load(talk)
    for body in ("join", "STOP", "yes"):
        await talk.say(body, whatsapp=whatsapp)
    restored = "SELECT DISTINCT state FROM consents"
    assert await talk.rows(restored) == [("unknown",)]
    assert await talk.say("join", whatsapp=whatsapp) == [ASKED]
    assert await talk.say("oui", whatsapp=whatsapp) == [THANKED]


async def test_answers_all_at_once_are_taken_one_by_one(talk: Talk) -> None:
    await _load(talk)
    await talk.say("visit")
    await asyncio.gather(*(talk.say("7") for _ in range(4)))
    answers = "SELECT step, outcome, value FROM survey_answers ORDER BY id"
    assert await talk.rows(answers) == [
        ("score", "answered", 7),
        ("reason", "answered", "7"),
        ("team", "invalid", None),
        ("team", "invalid", None),
    ]


@WHATSAPP
async def test_a_stop_among_answers_at_once_wins(talk: Talk, *, whatsapp: bool) -> None:
    await _load(talk)
    await talk.say("visit", whatsapp=whatsapp)
    await asyncio.gather(*(talk.say(body, whatsapp=whatsapp) for body in ("7", "STOP", "skip")))
    assert await talk.rows("SELECT state FROM survey_runs") == [("stopped",)]
    assert await talk.rows("SELECT DISTINCT state FROM consents") == [("opted_out",)]
    assert await talk.say("doctor", whatsapp=whatsapp) == []
