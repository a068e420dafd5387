"""What a consent rests on follows it through every no and START, whoever writes it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.consent.conditions import ConditionsMissing
from models.consent.double_opt_in import OptInRequest, join, take_confirmation
from models.consent.evidence import Evidence
from models.consent.explaining import explain
from models.consent.keywords import start, stop
from models.consent.recording import Declaration, OptedOut, record
from models.consent.tables import ConsentMethod, ConsentState
from models.imports.rules import GivenBy, ImportRules
from models.senders import MessageType
from tests.integration.importing import import_text
from tests.integration.population import phone

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
PROOF = Evidence(proof="order 4711", wording="No offers, please: [ ]")
OLD = NOW - timedelta(days=400)


class Person:
    """Says yes and no, a minute after the other."""

    def __init__(self, connection: AsyncConnection, organization_id: UUID) -> None:
        self.connection = connection
        self.organization_id = organization_id
        self.now = OLD

    async def does(self, what: str) -> None:
        """One of: STOP, START, a method of consent, or no (on the phone)."""
        self.now += timedelta(minutes=1)
        whose: dict[str, Any] = {"organization_id": self.organization_id, "phone": phone(1)}
        if what in ("STOP", "START"):
            texted = stop if what == "STOP" else start
            await texted(self.connection, **whose, message_sid=f"SM{self.now:%d%H%M}", now=self.now)
            return
        declared = Declaration(
            **whose,
            message_type=MessageType.MARKETING,
            channel="sms",
            state=ConsentState.OPTED_OUT if what == "no" else ConsentState.OPTED_IN,
            method=ConsentMethod.VERBAL if what == "no" else ConsentMethod(what),
            source="a test",
            given_at=self.now,
            actor="a test",
            evidence=PROOF,
        )
        await record(self.connection, declared, now=self.now)


@pytest.fixture
def person(connection: AsyncConnection, organization_id: UUID) -> Person:
    return Person(connection, organization_id)


async def _state(connection: AsyncConnection) -> tuple[str, str | None, int | None]:
    """The state, its basis, and the minute in which the consent was given."""
    rows = await connection.execute(
        text("SELECT state, basis, agreed_at FROM consents WHERE message_type = 'marketing'")
    )
    row = rows.one()
    return (
        row.state,
        row.basis,
        None if row.agreed_at is None else round((row.agreed_at - OLD).total_seconds() / 60),
    )


def _declaration(organization_id: UUID, number: str, method: ConsentMethod) -> Declaration:
    return Declaration(
        organization_id=organization_id,
        phone=number,
        message_type=MessageType.MARKETING,
        channel="sms",
        state=ConsentState.OPTED_IN,
        method=method,
        source="a test",
        given_at=NOW,
        actor="a test",
    )


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        pytest.param("web_form", ("opted_in", "single", 1), id="a form"),
        pytest.param("double_opt_in", ("opted_in", "confirmed", 1), id="confirmed"),
        pytest.param("soft_opt_in", ("opted_in", "soft", 1), id="a sale"),
        pytest.param("web_form double_opt_in", ("opted_in", "confirmed", 2), id="confirmed later"),
        pytest.param("double_opt_in web_form", ("opted_in", "confirmed", 2), id="a form later takes nothing away"),
        pytest.param("soft_opt_in web_form", ("opted_in", "single", 2), id="a form after a sale"),
        pytest.param(
            "web_form soft_opt_in", ("opted_in", "single", 1), id="a sale does not make a consent younger"
        ),
        pytest.param("soft_opt_in soft_opt_in", ("opted_in", "soft", 2), id="two sales"),
        pytest.param("double_opt_in STOP", ("opted_out", "confirmed", 1), id="a STOP keeps what a START restores"),
        pytest.param("double_opt_in STOP START", ("opted_in", "confirmed", 1), id="with its age"),
        pytest.param("double_opt_in STOP STOP START", ("opted_in", "confirmed", 1), id="after two STOPs"),
        pytest.param(
            "double_opt_in no web_form", ("opted_in", "single", 3), id="a new yes after a no begins anew"
        ),
        pytest.param("STOP START", ("unknown", None, None), id="a START makes no consent"),
    ],
)
async def test_a_history(person: Person, story: str, expected: tuple[str, str | None, int | None]) -> None:
    for what in story.split():
        await person.does(what)
    assert await _state(person.connection) == expected


@pytest.mark.parametrize(
    ("first", "late", "expected"),
    [
        pytest.param("web_form", "web_form", ("opted_in", "single", 10), id="an older form changes nothing"),
        pytest.param(
            "web_form", "double_opt_in", ("opted_in", "confirmed", 10), id="an older confirmation counts"
        ),
        pytest.param("soft_opt_in", "soft_opt_in", ("opted_in", "soft", 10), id="an older sale changes nothing"),
        pytest.param("soft_opt_in", "web_form", ("opted_in", "single", 2), id="a sale makes no form younger"),
    ],
)
async def test_what_is_recorded_late(
    person: Person, first: str, late: str, expected: tuple[str, str | None, int | None]
) -> None:
    for minute, method in ((10, first), (2, late)):
        given_at = OLD + timedelta(minutes=minute)
        said = _declaration(person.organization_id, phone(1), ConsentMethod(method))
        await record(person.connection, replace(said, given_at=given_at, evidence=PROOF), now=NOW)
    assert await _state(person.connection) == expected


async def test_a_sale_ends_no_no(person: Person) -> None:
    await person.does("no")
    with pytest.raises(OptedOut, match="a sale does not end that"):
        await person.does("soft_opt_in")


@pytest.mark.parametrize(
    ("method", "evidence"),
    [
        pytest.param(ConsentMethod.SOFT_OPT_IN, Evidence(), id="a sale without proof"),
        pytest.param(
            ConsentMethod.SOFT_OPT_IN, Evidence(proof="order 1"), id="where no way to say no was offered"
        ),
        pytest.param(ConsentMethod.DOUBLE_OPT_IN, Evidence(wording="Yes"), id="a confirmation that nobody has"),
    ],
)
async def test_conditions(
    connection: AsyncConnection, organization_id: UUID, method: ConsentMethod, evidence: Evidence
) -> None:
    declared = replace(_declaration(organization_id, phone(1), method), evidence=evidence)
    with pytest.raises(ConditionsMissing):
        await record(connection, declared, now=NOW)


@pytest.mark.parametrize(
    ("methods", "basis"),
    [
        (["web_form"], "single"),
        (["double_opt_in"], "confirmed"),
        (["soft_opt_in"], "soft"),
        (["web_form", "double_opt_in"], "confirmed"),
        (["soft_opt_in", "web_form", "soft_opt_in"], "single"),
    ],
)
async def test_imports(connection: AsyncConnection, tmp_path: Path, methods: list[GivenBy], basis: str) -> None:
    for method in methods:
        rules = ImportRules(method=method, source="a test")
        await import_text(connection, tmp_path, f"phone,consent_marketing\n{phone(1)},yes\n", rules=rules)
    assert (await _state(connection))[:2] == ("opted_in", basis)


async def test_explained_in_sentences(person: Person) -> None:
    await person.does("soft_opt_in")
    found = await explain(person.connection, person.organization_id, phone(1), MessageType.MARKETING, now=NOW)
    assert found.sentences == (
        "Only a sale stands behind it, which is no consent in this country.",
        "In US, a consent is enough.",
        "To every topic on SMS: a yes, resting on a sale, since 2025-10-17.",
    )
    await person.does("STOP")
    found = await explain(person.connection, person.organization_id, phone(1), MessageType.TRANSACTIONAL, now=NOW)
    assert not found.verdict.allowed
    assert found.sentences == (
        "The person said no to such messages.",
        "To every topic on SMS: a no, since 2025-10-17.",
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        pytest.param(phone(1), [["Thanks"], None], id="where a plain consent is enough"),
        pytest.param("+493023125001", [["Sure?"], ["Thanks"]], id="where the number must confirm it"),
    ],
)
async def test_a_join_makes_a_plain_consent_enough(
    connection: AsyncConnection, organization_id: UUID, number: str, said: list[list[str] | None]
) -> None:
    given = _declaration(organization_id, number, ConsentMethod.WEB_FORM)
    await record(connection, given, now=NOW)
    texts: dict[str, Any] = {"organization_id": organization_id, "phone": number, "channel": "sms"}
    request = OptInRequest(ask="Sure?", thanks="Thanks")
    joined = await join(connection, **texts, request=request, message_sid="SM1", now=NOW)
    confirmed = await take_confirmation(connection, **texts, message_sid="SM2", body="Yes", now=NOW)
    assert [joined, confirmed] == said
    found = await explain(connection, organization_id, number, MessageType.MARKETING, now=NOW)
    assert found.verdict.allowed
