"""An import saves in short transactions: nobody waits for it, a STOP wins, what breaks off can be completed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.consent.keywords import stop
from models.imports import batches
from models.imports.contacts_file import ContactsFile
from models.imports.faults import ImportInterrupted
from models.imports.file_import import import_file
from models.imports.report import ConsentCounts, ContactCounts, ImportReport
from tests.integration.importing import NOW, WITH_EVIDENCE, marketing_state

PEOPLE = 800
SAID_NO = 10
SECONDS_A_STOP_MAY_WAIT = 1

_ORGANIZATION = text("SELECT id FROM organizations")
_SAVED = text("SELECT count(*) FROM contacts")
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
_END = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
_TWICE = text("SELECT phone FROM consent_events GROUP BY phone, message_type HAVING count(*) > 1")


def number(nth: int) -> str:
    return f"+4420794{60_000 + nth}"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Batches of one page, some fifty people; the last in the order of numbers say no."""
    monkeypatch.setattr(batches, "PAGES", 1)
    path = tmp_path / "people.csv"
    rows = [f"{number(nth)},{'yes' if nth < PEOPLE - SAID_NO else 'no'}\n" for nth in range(PEOPLE)]
    path.write_text("phone,consent_marketing\n" + "".join(rows))
    return path


async def imported(engine: AsyncEngine, file: Path) -> ImportReport:
    return await import_file(engine, file, ContactsFile(WITH_EVIDENCE, NOW), organization="default")


async def says_stop(connection: AsyncConnection, phone: str) -> None:
    await connection.execute(text(f"SET LOCAL lock_timeout = '{SECONDS_A_STOP_MAY_WAIT}s'"))
    organization_id: UUID = (await connection.execute(_ORGANIZATION)).scalar_one()
    await stop(connection, organization_id=organization_id, phone=phone, message_sid=f"SM{phone[-32:]}", now=NOW)


@asynccontextmanager
async def held_up(engine: AsyncEngine, file: Path, *, at: int) -> AsyncIterator["asyncio.Task[ImportReport]"]:
    """An import that has saved what it could until it came to a STOP that is not committed before the end."""
    async with engine.connect() as stopping, stopping.begin() as transaction:
        await says_stop(stopping, number(at))
        importing = asyncio.create_task(imported(engine, file))
        await until_waiting(engine)
        yield importing
        await transaction.commit()


async def until_waiting(engine: AsyncEngine) -> None:
    looking = engine.execution_options(isolation_level="AUTOCOMMIT")
    async with asyncio.timeout(20), looking.connect() as connection:
        while not (await connection.execute(_WAITING)).scalar_one():  # noqa: ASYNC110  # PostgreSQL tells nobody
            await asyncio.sleep(0.02)  # PostgreSQL tells nobody


async def test_a_stop_waits_for_no_more_than_a_batch_and_wins(committed: AsyncEngine, file: Path) -> None:
    saved, to_come, in_hand = 0, PEOPLE - SAID_NO - 1, PEOPLE // 2
    async with held_up(committed, file, at=in_hand) as importing:
        for nth in (saved, to_come):
            async with committed.begin() as connection:
                await says_stop(connection, number(nth))
        assert not importing.done()
    report = await importing
    assert report.consents == ConsentCounts(opted_in=PEOPLE - SAID_NO - 2, opted_out=SAID_NO, left_opted_out=2)
    async with committed.connect() as connection:
        for nth in (saved, to_come, in_hand):
            assert await marketing_state(connection, number(nth)) == "opted_out"


async def test_an_import_that_breaks_off_says_so_and_is_completed_by_the_next(
    committed: AsyncEngine, file: Path
) -> None:
    async with held_up(committed, file, at=PEOPLE // 2) as importing:
        async with committed.begin() as connection:
            assert (await connection.execute(_END)).scalar_one()
        with pytest.raises(ImportInterrupted, match=rf"when \d+ of {PEOPLE} contacts were saved"):
            await importing
    async with committed.connect() as connection:
        saved = (await connection.execute(_SAVED)).scalar_one()
        assert SAID_NO < saved < PEOPLE
        for nth in range(PEOPLE - SAID_NO, PEOPLE):
            assert await marketing_state(connection, number(nth)) == "opted_out"
    again = await imported(committed, file)
    assert again.contacts == ContactCounts(new=PEOPLE - saved, unchanged=saved)
    async with committed.connect() as connection:
        assert (await connection.execute(_SAVED)).scalar_one() == PEOPLE
        assert (await connection.execute(_TWICE)).all() == []


async def test_an_import_that_is_cut_off_leaves_its_connection_to_nobody(
    committed: AsyncEngine, file: Path
) -> None:
    async with held_up(committed, file, at=PEOPLE // 2) as importing:
        importing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await importing
    assert (await imported(committed, file)).rows == PEOPLE
    assert (await imported(committed, file)).contacts == ContactCounts(unchanged=PEOPLE)
