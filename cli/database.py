"""The running stack's database for a command; a database that fails is told in one sentence."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from deployments.database_check import DatabaseUnusable, describe
from deployments.stack import resolve
from messaging.business_time import keep_time_as_set
from messaging.settings import Settings, load_settings
from models.engine import open_engine


def stack_settings() -> Settings:
    """The settings, completed from the running stack; the process goes by its business time from now on.

    Raises `SettingsError` and `StackNotRunning`.
    """
    settings = resolve(load_settings())
    keep_time_as_set(settings)
    return settings


@asynccontextmanager
async def open_database(*, application: str) -> AsyncIterator[tuple[Settings, AsyncEngine]]:
    """The settings, completed from the running stack, and an engine on its database.

    Raises `SettingsError`, `StackNotRunning`, and `DatabaseUnusable` for whatever the database fails with.
    """
    settings = stack_settings()
    try:
        async with open_engine(settings, application=application) as engine:
            yield settings, engine
    except (OperationalError, InterfaceError, ProgrammingError) as error:
        raise DatabaseUnusable(_sentence(error, describe(settings.tidings_database_url or ""))) from None


def _sentence(error: DBAPIError, address: str) -> str:
    if getattr(error.orig, "sqlstate", None) in ("42P01", "42703"):  # undefined table, undefined column
        return f"The database {address} lacks tables of this version; `tidings up` brings it up to date."
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    reason = lines[-1].split("failed: ")[-1].rstrip("?.") if lines else type(error.orig).__name__
    return f"The database {address} does not answer: {reason}; see `tidings status`."
