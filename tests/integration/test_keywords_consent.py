"""What STOP and START do to consent: a table of cases, and any sequence against a tiny oracle."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.consent.keywords import start, stop
from models.consent.opt_out import opt_out
from models.consent.tables import ConsentMethod
from tests.integration.outbox import NOW, PHONE, rows, sid
from tests.integration.population import set_consent

TYPES = ("marketing", "transactional")
OPT_OUTS = {
    "CARRIER": ConsentMethod.CARRIER,
    "WEB": ConsentMethod.WEB_FORM,
    "VERBAL": ConsentMethod.VERBAL,
    "IMPORT": ConsentMethod.IMPORT,
}

CASES = {
    # name: (marketing, transactional before, actions, marketing, transactional after)
    "STOP ends both": ("opted_in", "opted_in", "STOP", "opted_out", "opted_out"),
    "STOP from someone unknown": (None, None, "STOP", "opted_out", "opted_out"),
    "STOP START restores both": ("opted_in", "opted_in", "STOP START", "opted_in", "opted_in"),
    "STOP START restores each as it was": ("unknown", "opted_in", "STOP START", "unknown", "opted_in"),
    "STOP START makes no consent": (None, None, "STOP START", "unknown", "unknown"),
    "STOP STOP START": ("opted_in", None, "STOP STOP START", "opted_in", "unknown"),
    "START without STOP": ("opted_in", None, "START", "opted_in", None),
    "START from someone unknown": (None, None, "START", None, None),
    "START START": ("opted_in", "opted_in", "STOP START START", "opted_in", "opted_in"),
    "STOP after START": ("opted_in", "opted_in", "STOP START STOP", "opted_out", "opted_out"),
    "STOP START STOP START": ("opted_in", None, "STOP START STOP START", "opted_in", "unknown"),
    "START undoes the carrier's": ("opted_in", None, "CARRIER START", "opted_in", "unknown"),
    "START does not undo a web form": ("opted_in", "opted_in", "WEB START", "opted_out", "opted_out"),
    "START does not undo what was said": ("opted_in", "opted_in", "VERBAL START", "opted_out", "opted_out"),
    "START does not undo an import": ("opted_in", "opted_in", "IMPORT START", "opted_out", "opted_out"),
    "STOP after a web form adds nothing to undo": (
        "opted_in",
        "opted_in",
        "WEB STOP START",
        "opted_out",
        "opted_out",
    ),
    "opted out of one before": ("opted_out", "opted_in", "STOP START", "opted_out", "opted_in"),
}


async def _act(connection: AsyncConnection, organization_id: UUID, action: str, *, number: int) -> None:
    if action == "STOP":
        await stop(connection, organization_id=organization_id, phone=PHONE, message_sid=sid(number), now=NOW)
    elif action == "START":
        await start(connection, organization_id=organization_id, phone=PHONE, message_sid=sid(number), now=NOW)
    else:
        await opt_out(
            connection,
            organization_id=organization_id,
            phones=[PHONE],
            method=OPT_OUTS[action],
            source="test",
            message_sids=[None],
            now=NOW,
        )


async def _states(connection: AsyncConnection) -> dict[str, str]:
    return dict(
        await rows(connection, "SELECT message_type, state FROM consents WHERE phone = :phone", phone=PHONE)
    )


@pytest.mark.parametrize("case", CASES)
async def test_keywords(connection: AsyncConnection, organization_id: UUID, case: str) -> None:
    *before, actions, marketing, transactional = CASES[case]
    for message_type, state in zip(TYPES, before, strict=True):
        if state:
            await set_consent(connection, organization_id, PHONE, message_type=message_type, state=state)
    for number, action in enumerate((actions or "").split()):
        await _act(connection, organization_id, action, number=number)
    found = await _states(connection)
    assert (found.get("marketing"), found.get("transactional")) == (marketing, transactional)


@dataclass
class Oracle:
    """The rule in its shortest form, for one message type."""

    state: str = "unknown"
    ended: str | None = None
    events: list[tuple[str, str]] = field(default_factory=list)

    def act(self, action: str) -> None:
        before = self.state
        if action != "START":
            if self.state != "opted_out":
                self.ended = self.state if action in ("STOP", "CARRIER") else None
            self.state = "opted_out"
        elif self.state == "opted_out" and self.ended is not None:
            self.state, self.ended = self.ended, None
        self.events.append((before, self.state))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    initial=st.tuples(*[st.sampled_from([None, "unknown", "opted_in", "opted_out"])] * 2),
    actions=st.lists(st.sampled_from(["STOP", "START", *OPT_OUTS]), max_size=8),
)
async def test_any_sequence_is_as_the_oracle_says(
    connection: AsyncConnection, organization_id: UUID, initial: tuple[str | None, str | None], actions: list[str]
) -> None:
    async with connection.begin_nested() as trial:
        oracles = {
            message_type: Oracle(state or "unknown") for message_type, state in zip(TYPES, initial, strict=True)
        }
        for message_type, state in zip(TYPES, initial, strict=True):
            if state:
                await set_consent(connection, organization_id, PHONE, message_type=message_type, state=state)
        newest = (await rows(connection, "SELECT COALESCE(max(id), 0) FROM consent_events"))[0][0]
        for number, action in enumerate(actions):
            await _act(connection, organization_id, action, number=number)
            for oracle in oracles.values():
                oracle.act(action)
        found = await _states(connection)
        for message_type, oracle in oracles.items():
            assert found.get(message_type, "unknown") == oracle.state
            ledger = await rows(
                connection,
                "SELECT state_before, state_after FROM consent_events WHERE id > :id AND message_type = :type"
                " ORDER BY id",
                id=newest,
                type=message_type,
            )
            assert ledger == oracle.events
        await trial.rollback()


async def test_the_ledger_carries_the_message_of_each_keyword(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    for number, action in enumerate(["STOP", "STOP", "START"]):
        await _act(connection, organization_id, action, number=number)
    ledger = await rows(
        connection,
        "SELECT message_sid, method, state_before, state_after FROM consent_events"
        " WHERE message_type = 'marketing' ORDER BY id",
    )
    assert ledger == [
        (sid(0), "keyword", "unknown", "opted_out"),
        (sid(1), "keyword", "opted_out", "opted_out"),
        (sid(2), "keyword", "opted_out", "unknown"),
    ]


async def test_the_state_points_at_the_entry_it_comes_from(
    connection: AsyncConnection, organization_id: UUID
) -> None:
    for number, action in enumerate(["STOP", "STOP"]):
        await _act(connection, organization_id, action, number=number)
    found = await rows(
        connection,
        "SELECT e.message_sid, e.state_after = c.state FROM consents c JOIN consent_events e ON e.id = c.event_id"
        " AND e.message_type = c.message_type",
    )
    assert found == [(sid(1), True)] * 2


async def test_many_at_once_and_one_named_twice(connection: AsyncConnection, organization_id: UUID) -> None:
    phones = [f"+1202555{number:04d}" for number in range(100, 150)]
    await set_consent(connection, organization_id, phones[0], message_type="marketing", state="opted_in")
    ended = await opt_out(
        connection,
        organization_id=organization_id,
        phones=[*phones, phones[0]],
        method=ConsentMethod.CARRIER,
        source="test",
        message_sids=[None] * 51,
        now=NOW,
    )
    assert ended == 100
    assert await rows(connection, "SELECT state, count(*)::int FROM consents GROUP BY 1") == [("opted_out", 100)]
    assert await rows(connection, "SELECT before_opt_out FROM consents WHERE before_opt_out <> 'unknown'") == [
        ("opted_in",)
    ]


async def test_stops_and_starts_at_once_never_deadlock_nor_contradict_the_ledger(committed: AsyncEngine) -> None:
    async with committed.connect() as connection:
        organization_id = UUID(str((await connection.execute(text("SELECT id FROM organizations"))).scalar_one()))

    async def one(number: int) -> None:
        async with committed.begin() as connection:
            await _act(connection, organization_id, "START" if number % 3 == 2 else "STOP", number=number)

    await asyncio.gather(*(one(number) for number in range(30)))
    async with committed.connect() as connection:
        for message_type in TYPES:
            ledger = await rows(
                connection,
                "SELECT state_before, state_after FROM consent_events WHERE message_type = :type ORDER BY id",
                type=message_type,
            )
            assert len(ledger) == 30
        agree = await rows(
            connection,
            "SELECT DISTINCT e.state_after = c.state FROM consents c JOIN consent_events e ON e.id = c.event_id",
        )
    assert agree == [(True,)]
