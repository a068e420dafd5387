"""A declaration and a STOP at the same moment: whoever comes first, the no holds."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.columns import utc_now
from models.consent.history import consents_of, ledger_of
from models.consent.keywords import stop
from models.consent.recording import Declaration, OptedOut, record
from models.consent.tables import ConsentMethod, ConsentState
from models.senders import MessageType
from tests.integration.population import phone


@pytest.mark.parametrize("number", range(10))
async def test_a_stop_at_the_same_moment_wins(committed: AsyncEngine, number: int) -> None:
    async with committed.connect() as connection:
        organization_id = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()

    async def declare() -> None:
        with suppress(OptedOut):
            async with committed.begin() as connection:
                await record(connection, _yes(organization_id, phone(number)), now=utc_now())

    async def say_stop() -> None:
        async with committed.begin() as connection:
            await stop(
                connection,
                organization_id=organization_id,
                phone=phone(number),
                message_sid="SM" + "0" * 32,
                now=utc_now(),
            )

    await asyncio.gather(declare(), say_stop(), declare())
    async with committed.connect() as connection:
        states = await consents_of(connection, phone(number), organization_id=organization_id)
        entries = await ledger_of(connection, phone(number), organization_id=organization_id, most=10)
    assert {state.state for state in states} == {"opted_out"}
    assert {state.event_id for state in states} <= {entry.id for entry in entries}


def _yes(organization_id: UUID, number: str) -> Declaration:
    return Declaration(
        organization_id=organization_id,
        phone=number,
        message_type=MessageType.MARKETING,
        channel="sms",
        state=ConsentState.OPTED_IN,
        method=ConsentMethod.WEB_FORM,
        source="form",
        given_at=utc_now() + timedelta(seconds=1),
        actor="a test",
    )
