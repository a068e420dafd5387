"""JOIN and its YES: asked once, confirmed with evidence, ended by a STOP, and no consent before."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.consent.double_opt_in import OptInRequest, expire_pending, join, take_confirmation
from models.consent.keywords import start, stop
from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from models.replies.definition import parse
from models.replies.store import save_rules
from tests.integration.outbox import NOW, PHONE, rows, sid
from tests.integration.population import set_consent
from tests.integration.surveys.person import RULES, Person, set_up

CHANNELS = ("sms", "whatsapp")
ASK, THANKS = "Reply YES to join.", "You are in."
MARKETING = "SELECT state FROM consents WHERE message_type = 'marketing' ORDER BY channel"
LEDGER = """
    SELECT state_before, state_after, method, message_sid, channel FROM consent_events
    WHERE message_type = 'marketing' ORDER BY id
"""


@pytest.fixture
async def person(connection: AsyncConnection, organization_id: UUID) -> Person:
    await set_up(connection, organization_id)
    return Person(connection)


CASES: Mapping[str, tuple[str, list[list[str]], str | None]] = {
    # name: (what is written, what is heard, the state of marketing afterwards)
    "asked": ("JOIN", [[ASK]], "pending"),
    "confirmed": ("join|YES", [[ASK], [THANKS]], "opted_in"),
    "in another language": ("Join!|Ja", [[ASK], [THANKS]], "opted_in"),
    "with one letter": ("join|y", [[ASK], [THANKS]], "opted_in"),
    "asked once": ("join|join|JOIN please", [[ASK], [], []], "pending"),
    "not confirmed by another word": ("join|maybe|yes please", [[ASK], [""], [""]], "pending"),
    "not confirmed by no": ("join|no", [[ASK], [""]], "pending"),
    "not confirmed by START": ("join|START", [[ASK], []], "pending"),
    "confirmed later on": ("join|what is this?|yes", [[ASK], [""], [THANKS]], "opted_in"),
    "a yes without a question": ("yes", [[]], None),
    "who is in is thanked again": ("join|yes|join", [[ASK], [THANKS], [THANKS]], "opted_in"),
    "STOP wins": ("join|STOP", [[ASK], []], "opted_out"),
    "a YES after a STOP confirms nothing": ("join|STOP|YES", [[ASK], [], []], "unknown"),
    "nor does a second one": ("join|STOP|START|YES|YES", [[ASK], [], [], [], []], "unknown"),
    "out, and in again": ("join|STOP|START|join|yes", [[ASK], [], [], [ASK], [THANKS]], "opted_in"),
    "who was stopped is not asked": ("STOP|join|yes|join|yes", [[], [], [], [ASK], [THANKS]], "opted_in"),
    "who was in and stopped": ("join|yes|STOP|join", [[ASK], [THANKS], [], []], "opted_out"),
}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("case", CASES)
async def test_join(person: Person, case: str, channel: str) -> None:
    written, heard, state = CASES[case]
    person.channel = channel
    texts = [list(said) for said in await person.talks(*written.split("|"))]
    default = ["We will read this."]
    assert [["" if one == default[0] else one for one in said] for said in texts] == heard
    assert await _effective(person.connection) == state


async def _effective(connection: AsyncConnection) -> str | None:
    """The state of marketing as sending sees it: a no on SMS counts everywhere."""
    states = [state for (state,) in await rows(connection, MARKETING)]
    return "opted_out" if "opted_out" in states else next(iter(states), None) if len(states) < 2 else states[-1]


async def test_the_evidence(person: Person) -> None:
    await person.talks("join", "yes")
    assert await rows(person.connection, LEDGER) == [
        ("unknown", "pending", "double_opt_in", person.sids[0], "sms"),
        ("pending", "opted_in", "double_opt_in", person.sids[1], "sms"),
    ]
    evidence = "SELECT wording, evidence FROM consent_events WHERE state_after = 'opted_in'"
    [(wording, kept)] = await rows(person.connection, evidence)
    assert (wording, kept["join_message_sid"], kept["channel"]) == (ASK, person.sids[0], "sms")
    changed = "SELECT subject ->> 'state' FROM events WHERE kind = 'consent.changed' ORDER BY id"
    assert await rows(person.connection, changed) == [("pending",), ("opted_in",)]


async def test_pending_is_no_consent(person: Person) -> None:
    await person.says("join")
    assert await rows(person.connection, "SELECT message_type, state FROM consents") == [("marketing", "pending")]


async def test_a_join_on_whatsapp_is_none_for_sms(person: Person) -> None:
    person.channel = "whatsapp"
    await person.talks("join")
    person.channel = "sms"
    await person.talks("yes")
    assert await rows(person.connection, "SELECT channel, state FROM consents") == [("whatsapp", "pending")]
    person.channel = "whatsapp"
    assert await person.says("yes") == [THANKS]
    assert await rows(person.connection, "SELECT channel, state FROM consents") == [("whatsapp", "opted_in")]


async def test_asked_again_the_next_day(person: Person) -> None:
    await person.says("join")
    person.waits(hours=23)
    assert await person.says("join") == []
    person.waits(hours=1)
    assert await person.says("join") == [ASK]
    assert (await rows(person.connection, LEDGER))[1][:2] == ("pending", "pending")


async def test_a_yes_that_comes_too_late_confirms_nothing(person: Person) -> None:
    await person.says("join")
    person.waits(days=7)
    assert await person.says("yes") == []
    assert await rows(person.connection, MARKETING) == [("pending",)]
    assert await expire_pending(person.connection, now=person.now) == 1
    assert await rows(person.connection, MARKETING) == [("unknown",)]
    assert (await rows(person.connection, LEDGER))[-1][:3] == ("pending", "unknown", "double_opt_in")
    assert await expire_pending(person.connection, now=person.now) == 0
    assert await person.talks("join", "yes") == [[ASK], [THANKS]]


async def test_the_rule_says_how_long_a_yes_is_waited_for(person: Person, organization_id: UUID) -> None:
    rules = RULES.replace("thanks: You are in.", "days: 1")
    parse(rules, where="replies.yaml").checked(())
    await save_rules(person.connection, organization_id, rules, now=NOW)
    await person.says("join")
    person.waits(days=1)
    assert await person.says("yes") == []
    assert await rows(person.connection, MARKETING) == [("pending",)]


async def test_a_yes_that_was_written_before_the_question_confirms_nothing(person: Person) -> None:
    await person.says("join")
    person.waits(hours=-2)
    await person.says("yes")
    assert await rows(person.connection, MARKETING) == [("pending",)]


async def test_what_may_still_be_confirmed_does_not_expire(person: Person) -> None:
    await person.says("join")
    person.waits(days=6)
    assert await expire_pending(person.connection, now=person.now) == 0


@pytest.mark.parametrize("method", [ConsentMethod.KEYWORD, ConsentMethod.WEB_FORM, ConsentMethod.IMPORT])
@pytest.mark.parametrize("channel", CHANNELS)
async def test_no_join_revives_an_opt_out(
    connection: AsyncConnection, organization_id: UUID, method: ConsentMethod, channel: str
) -> None:
    await set_consent(connection, organization_id, PHONE, message_type="marketing", state="opted_in")
    await opt_out(
        connection,
        organization_id=organization_id,
        phones=[PHONE],
        method=method,
        source="test",
        message_sids=[None],
        now=NOW,
    )
    asked = OptInRequest(ASK, THANKS)
    where: dict[str, Any] = {"organization_id": organization_id, "phone": PHONE, "channel": channel, "now": NOW}
    assert await join(connection, request=asked, message_sid=sid(1), **where) == []
    assert await rows(connection, MARKETING) == [("opted_out",)]


async def test_yes_answers_the_survey_that_was_asked_later(person: Person) -> None:
    await person.talks("join", "visit", "9", "skip")
    assert await person.says("yes") == ["Thanks, you: yes."]
    assert await rows(person.connection, MARKETING) == [("pending",)]
    assert await person.says("yes") == [THANKS]


async def test_two_joins_at_once_ask_once(committed: AsyncEngine) -> None:
    async with committed.connect() as connection:
        organization_id = UUID(str((await connection.execute(text("SELECT id FROM organizations"))).scalar_one()))

    async def one(number: int) -> list[str]:
        async with committed.begin() as connection:
            return await join(
                connection,
                organization_id=organization_id,
                phone=PHONE,
                request=OptInRequest(ASK, THANKS),
                message_sid=sid(number),
                channel="sms",
                now=NOW,
            )

    assert sorted(await asyncio.gather(*(one(number) for number in range(5)))) == [[], [], [], [], [ASK]]
    async with committed.connect() as connection:
        assert await rows(connection, "SELECT count(*)::int FROM consent_events") == [(1,)]


@dataclass
class Oracle:
    """The rule in its shortest form: what each channel may be sent, whatever is written on which."""

    stopped: bool = False
    states: dict[str, str] = field(default_factory=lambda: dict.fromkeys(CHANNELS, "unknown"))

    def hears(self, word: str, channel: str) -> None:
        if word == "join" and not self.stopped and self.states[channel] == "unknown":
            self.states[channel] = "pending"
        elif word == "yes" and not self.stopped and self.states[channel] == "pending":
            self.states[channel] = "opted_in"
        elif word == "stop" and not self.stopped:
            self.stopped = True
            self.states = {name: "unknown" if was == "pending" else was for name, was in self.states.items()}
        elif word in ("yes", "start"):
            self.stopped = False

    def may_be_sent(self, channel: str) -> bool:
        return not self.stopped and self.states[channel] == "opted_in"


async def _act(
    connection: AsyncConnection, organization_id: UUID, word: str, channel: str, *, number: int
) -> None:
    """What the webhook does with the word: a YES that confirms nothing is a START."""
    what: dict[str, Any] = {
        "organization_id": organization_id,
        "phone": PHONE,
        "message_sid": sid(number),
        "now": NOW + timedelta(minutes=number),
    }
    if word == "join":
        await join(connection, request=OptInRequest(ASK, THANKS), channel=channel, **what)
    elif word == "stop":
        await stop(connection, **what)
    elif word == "start" or await take_confirmation(connection, body=word, channel=channel, **what) is None:
        await start(connection, **what)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["join", "yes", "stop", "start"]), st.sampled_from(CHANNELS)), max_size=8)
)
async def test_any_sequence_is_as_the_oracle_says(
    connection: AsyncConnection, organization_id: UUID, words: list[tuple[str, str]]
) -> None:
    async with connection.begin_nested() as trial:
        oracle = Oracle()
        for number, (word, channel) in enumerate(words):
            await _act(connection, organization_id, word, channel, number=number)
            oracle.hears(word, channel)
        found = dict(
            await rows(connection, "SELECT channel, state FROM consents WHERE message_type = 'marketing'")
        )
        for channel in CHANNELS:
            allowed = found.get(channel) == "opted_in" and found.get("sms") != "opted_out"
            assert allowed == oracle.may_be_sent(channel)
        agree = (
            "SELECT count(*)::int FROM consents c JOIN consent_events e ON e.id = c.event_id"
            " WHERE state_after <> state"
        )
        assert await rows(connection, agree) == [(0,)]
        await trial.rollback()
