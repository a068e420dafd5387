"""Brings a database's schema forward to this version; safe to call from several processes at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from models.engine import driver_url

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 7_234_115_902_331
"""Any fixed number: whoever migrates holds PostgreSQL's advisory lock of this number."""


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


def upgrade(database_url: str) -> None:
    """Runs every migration that the database has not had yet, one transaction for each.

    Raises `sqlalchemy.exc.OperationalError` when the database cannot be reached.
    """
    engine = create_engine(driver_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        connection.commit()
        try:
            command.upgrade(config_for(connection), "head")
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
            connection.commit()
