"""States that are not what the ledger says are told and corrected, while STOPs go on."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.columns import utc_now
from models.consent.keywords import stop
from models.consent.rebuilding import Difference, differences
from models.consent.recording import Declaration, record
from models.consent.tables import ConsentMethod, ConsentState
from models.senders import MessageType
from tests.integration.population import add_organization, phone

STATES = "SELECT phone, message_type, state FROM consents WHERE organization_id = :id ORDER BY 1, 2"


@pytest.fixture
async def organization_id(committed: AsyncEngine) -> UUID:
    """With six people who agreed; two of them said STOP later."""
    async with committed.begin() as connection:
        found = UUID(str((await connection.execute(text("SELECT id FROM organizations"))).scalar_one()))
        for number in range(6):
            await record(connection, _yes(found, phone(number)), now=utc_now())
    for number in range(2):
        await _stop(committed, found, phone(number))
    return found


def _yes(organization_id: UUID, number: str) -> Declaration:
    return Declaration(
        organization_id=organization_id,
        phone=number,
        message_type=MessageType.MARKETING,
        channel="sms",
        state=ConsentState.OPTED_IN,
        method=ConsentMethod.WEB_FORM,
        source="form",
        given_at=utc_now(),
        actor="a test",
    )


async def _stop(engine: AsyncEngine, organization_id: UUID, number: str) -> None:
    async with engine.begin() as connection:
        await stop(
            connection,
            organization_id=organization_id,
            phone=number,
            message_sid=f"SM{number}",
            now=utc_now(),
        )


async def _rebuild(
    engine: AsyncEngine, organization_id: UUID, *, correct: bool, entries: int = 3
) -> list[Difference]:
    found = differences(engine, organization_id=organization_id, correct=correct, entries=entries)
    return [each async for each in found]


async def _states(engine: AsyncEngine, organization_id: UUID) -> list[tuple[str, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(STATES), {"id": organization_id})]


TAMPERED = {
    "a no became a yes": ("UPDATE consents SET state = 'opted_in' WHERE {key}", 0, "opted_in", "opted_out"),
    "a yes became a no": ("UPDATE consents SET state = 'opted_out' WHERE {key}", 3, "opted_out", "opted_in"),
    "a state is missing": ("DELETE FROM consents WHERE {key}", 1, None, "opted_out"),
    "the last one is missing": ("DELETE FROM consents WHERE {key}", 5, None, "opted_in"),
    "what a START would restore": (
        "UPDATE consents SET before_opt_out = 'unknown' WHERE {key}",
        0,
        "opted_out",
        "opted_out",
    ),
    "the age of a consent": ("UPDATE consents SET agreed_at = now() WHERE {key}", 4, "opted_in", "opted_in"),
    "a yes that nobody gave": (
        (
            "INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, event_id,"
            " given_at) SELECT organization_id, phone, 'transactional', '', 'sms', 'opted_in', event_id, given_at"
            " FROM consents WHERE {key}"
        ),
        4,
        "opted_in",
        None,
    ),
}


@pytest.mark.parametrize("case", TAMPERED)
async def test_a_difference_is_told_and_corrected(
    committed: AsyncEngine, organization_id: UUID, case: str
) -> None:
    statement, number, found, derived = TAMPERED[case]
    right = await _states(committed, organization_id)
    assert await _rebuild(committed, organization_id, correct=False) == []
    async with committed.begin() as connection:
        key = f"message_type = 'marketing' AND phone = '{phone(number)}'"
        await connection.execute(text(statement.format(key=key)))
    wrong = await _states(committed, organization_id)
    [told] = await _rebuild(committed, organization_id, correct=False)
    assert (told.phone, told.found, told.derived) == (phone(number), found, derived)
    assert told.found_entry or told.derived_entry
    assert await _states(committed, organization_id) == wrong
    assert await _rebuild(committed, organization_id, correct=True) == [told]
    assert await _states(committed, organization_id) == right
    assert await _rebuild(committed, organization_id, correct=False) == []


async def test_another_organization_is_left_alone(committed: AsyncEngine, organization_id: UUID) -> None:
    async with committed.begin() as connection:
        other = await add_organization(connection, "other")
        await record(connection, _yes(other, phone(0)), now=utc_now())
        await connection.execute(text("UPDATE consents SET state = 'pending'"))
    wrong = await _states(committed, other)
    assert len(await _rebuild(committed, organization_id, correct=True)) == 8
    assert await _states(committed, other) == wrong
    assert [each.phone for each in await _rebuild(committed, other, correct=False)] == [phone(0)]


async def test_stops_that_come_meanwhile_are_kept_and_are_no_difference(
    committed: AsyncEngine, organization_id: UUID
) -> None:
    async with committed.begin() as connection:
        await connection.execute(text("UPDATE consents SET basis = 'soft' WHERE state = 'opted_in'"))

    async def rebuild_twice() -> None:
        for _ in range(2):
            await _rebuild(committed, organization_id, correct=True)

    people = [phone(number) for number in range(2, 12)]
    await asyncio.gather(rebuild_twice(), *(_stop(committed, organization_id, each) for each in people))
    assert {state for *_, state in await _states(committed, organization_id)} == {"opted_out"}
    assert len(await _states(committed, organization_id)) == 24
    assert await _rebuild(committed, organization_id, correct=False) == []
