"""Whoever was erased is not taken in again: by an import, whenever it meets the erasure, or by a consent."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.columns import utc_now
from models.consent.recording import Declaration, record
from models.consent.tables import ConsentMethod, ConsentState
from models.imports import batches, saving
from models.rights.beginning import ErasureOrder, begin_erasure
from models.rights.suppressed import HashKeyLost, PersonErased
from models.senders import MessageType
from tests.integration.importing import import_text
from tests.integration.population import add_organization

ERASED, OTHER = "+12025550123", "+12125550145"
FILE = f"phone,first_name,consent_marketing\n{ERASED},Ada,yes\n{OTHER},Bob,yes\n"


async def erase(connection: AsyncConnection, organization_id: UUID, phone: str = ERASED) -> None:
    order = ErasureOrder(organization_id=organization_id, phone=phone, actor="test", why="test")
    await begin_erasure(connection, order, now=utc_now())


async def phones(connection: AsyncConnection) -> list[str]:
    return list((await connection.execute(text("SELECT phone FROM contacts ORDER BY phone"))).scalars())


async def test_a_row_is_refused_with_its_reason(
    connection: AsyncConnection, organization_id: UUID, tmp_path: Path
) -> None:
    await erase(connection, organization_id)
    report = await import_text(connection, tmp_path, FILE)
    assert (report.rows, report.refused, report.refused_by_reason) == (2, 1, {"erased": 1})
    assert [(row.line, row.reason) for row in report.refused_rows] == [(2, str(PersonErased()))]
    assert (await phones(connection), report.contacts.new) == ([OTHER], 1)


async def test_who_is_erased_between_reading_and_saving_is_left_out(
    connection: AsyncConnection, organization_id: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def erase_first(at: AsyncConnection) -> tuple[list[int], int]:
        await erase(connection, organization_id)
        return await batches.put_in_order(at)

    monkeypatch.setattr(saving, "put_in_order", erase_first)
    report = await import_text(connection, tmp_path, FILE)
    assert (await phones(connection), report.refused_by_reason) == ([OTHER], {"erased": 1})


async def test_under_another_key_nobody_is_taken_in(
    connection: AsyncConnection, organization_id: UUID, tmp_path: Path
) -> None:
    await erase(connection, organization_id)
    await connection.execute(text("UPDATE suppressions SET key_id = 'another'"))
    with pytest.raises(HashKeyLost):
        await import_text(connection, tmp_path, FILE)


@pytest.mark.parametrize("state", [ConsentState.OPTED_IN, ConsentState.OPTED_OUT])
async def test_a_yes_is_not_recorded_and_a_no_always_is(
    connection: AsyncConnection, organization_id: UUID, state: ConsentState
) -> None:
    await erase(connection, organization_id)
    given = Declaration(
        organization_id=organization_id,
        phone=ERASED,
        message_type=MessageType.MARKETING,
        channel="sms",
        state=state,
        method=ConsentMethod.WEB_FORM,
        source="form",
        given_at=utc_now(),
        actor="test",
    )
    if state is ConsentState.OPTED_OUT:
        assert await record(connection, given, now=utc_now())
        return
    with pytest.raises(PersonErased):
        await record(connection, given, now=utc_now())


async def test_another_organization_is_not_concerned(
    connection: AsyncConnection, organization_id: UUID, tmp_path: Path
) -> None:
    elsewhere = await add_organization(connection, "b")
    await erase(connection, elsewhere)
    assert (await import_text(connection, tmp_path, FILE)).refused == 0
    assert organization_id != elsewhere
