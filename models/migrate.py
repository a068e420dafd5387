"""Brings a database's schema forward to this version; safe to call from several processes at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from messaging.errors import TidingsError
from models.engine import driver_url
from models.ownership import grant_use, take_over

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 7_234_115_902_331
"""Any fixed number: whoever migrates holds PostgreSQL's advisory lock of this number."""


class NewerSchema(TidingsError):
    """The database was brought forward by a newer version of Tidings than this one."""


def config_for(connection: Connection) -> Config:
    """Alembic's configuration, bound to an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def revisions() -> tuple[str, ...]:
    """The schema's versions that this code knows, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    known = ScriptDirectory.from_config(config).walk_revisions()
    return tuple(reversed([each.revision for each in known]))


def upgrade(database_url: str, *, owner_url: str | None = None) -> None:
    """Runs every migration that the database has not had yet, one transaction for each.

    With the address of an owner (the same database by another role) that role makes and owns the schema, and the
    role of `database_url` may then only use it (`models.ownership`). Raises `sqlalchemy.exc.OperationalError` when
    the database cannot be reached, `NotTheOwner`, and `NewerSchema`.
    """
    engine = create_engine(driver_url(owner_url or database_url), poolclass=NullPool)
    with engine.connect() as connection, _alone(connection):
        driver = cast("psycopg.Connection[tuple[str, str]]", connection.connection.driver_connection)
        if owner_url is not None:
            with driver.transaction():
                take_over(driver)
        _require_known(connection)
        command.upgrade(config_for(connection), "head")
        connection.commit()
        if owner_url is not None:
            with driver.transaction():
                grant_use(driver, _role_of(database_url))


def _require_known(connection: Connection) -> None:
    has, known = MigrationContext.configure(connection).get_current_revision(), revisions()
    connection.rollback()
    if has is not None and has not in known:
        raise NewerSchema(
            f"The database has schema {has}, and this version of Tidings knows them up to {known[-1]} only; "
            "start the newer version that made it."
        )


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Holds the lock of whoever migrates."""
    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
        connection.commit()


def _role_of(database_url: str) -> str:
    engine = create_engine(driver_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT current_user")).scalar_one())
