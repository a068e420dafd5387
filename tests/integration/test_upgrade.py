"""A database of every released version comes forward with all its rows.

For a new release: write what it brought to `released/rows_REVISION.sql`; earlier files were written before it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from messaging.settings import Settings
from models.bootstrap import upsert_organization
from models.engine import driver_url, open_engine
from models.migrate import NewerSchema, config_for, upgrade
from tests.fixtures.fresh_database import fresh_database

RELEASED = sorted((Path(__file__).parent / "released").glob("rows_*.sql"))
BOOKKEEPING = "alembic_version"

Rows = dict[str, list[tuple[Any, ...]]]
Columns = dict[str, list[str]]


@pytest.fixture(scope="module", params=RELEASED, ids=lambda path: path.stem)
def upgraded(request: pytest.FixtureRequest, postgres_url: str) -> Iterator[tuple[str, Columns, Rows]]:
    """A database that was filled in an old version and came forward; its old columns and what was in them."""
    with fresh_database(postgres_url, f"tidings_upgrade_{request.param.stem}_{os.getpid()}") as url:
        with create_engine(driver_url(url), poolclass=NullPool).connect() as connection:
            for release in RELEASED[: RELEASED.index(request.param) + 1]:
                _live_through(connection, release, url)
            columns = _columns(connection)
            before = _rows(connection, columns)
        upgrade(url)
        yield url, columns, before


def _live_through(connection: Connection, release: Path, url: str) -> None:
    """Brings the database to a version, and writes what an installation had written with it in the end."""
    command.upgrade(config_for(connection), release.stem.removeprefix("rows_"))
    connection.commit()
    with psycopg.connect(url) as direct:
        direct.execute(release.read_text(encoding="utf-8"))


def test_every_table_of_the_old_version_is_tried(upgraded: tuple[str, Columns, Rows]) -> None:
    _, columns, before = upgraded
    assert {table for table in columns if not before[table]} == set()


def test_every_row_is_kept_as_it_was(upgraded: tuple[str, Columns, Rows]) -> None:
    url, columns, before = upgraded
    with create_engine(driver_url(url), poolclass=NullPool).connect() as connection:
        after = _rows(connection, columns)
    for table, rows in before.items():
        assert after[table] == rows, table


async def test_the_next_start_finds_its_organization_and_senders(
    upgraded: tuple[str, Columns, Rows], settings: Settings
) -> None:
    url, _, before = upgraded
    here = settings.model_copy(update={"tidings_database_url": url, "tidings_sender_rate": 12.5})
    async with open_engine(here, application="tests") as engine, engine.connect() as connection:
        await upsert_organization(connection, here)
        found = await connection.execute(text("SELECT count(*) FROM organizations"))
        assert found.scalar_one() == len(before["organizations"])
        found = await connection.execute(text("SELECT count(*) FROM senders"))
        assert found.scalar_one() == len(before["senders"])
        await connection.rollback()


def _columns(connection: Connection) -> Columns:
    inspector = inspect(connection)
    tables = [table for table in inspector.get_table_names() if table != BOOKKEEPING]
    return {table: [column["name"] for column in inspector.get_columns(table)] for table in tables}


def _rows(connection: Connection, columns: Columns) -> Rows:
    """Everything in these columns, as text, so that also what Python would not tell apart is compared."""
    return {table: _read(connection, table, names) for table, names in columns.items()}


def _read(connection: Connection, table: str, names: list[str]) -> list[tuple[Any, ...]]:
    listed = ", ".join(f'"{name}"::text' for name in names)
    rows = connection.exec_driver_sql(f'SELECT {listed} FROM "{table}"')  # noqa: S608 (names of our own tables)
    return sorted((tuple(row) for row in rows), key=repr)


def test_a_database_of_a_newer_version_is_told_and_left_alone(postgres_url: str) -> None:
    with fresh_database(postgres_url, f"tidings_newer_{os.getpid()}") as url:
        upgrade(url)
        with psycopg.connect(url) as direct:
            direct.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(NewerSchema, match="schema 9999"):
            upgrade(url)
        with psycopg.connect(url) as direct:
            assert direct.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
