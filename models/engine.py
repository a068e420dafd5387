"""Connections to PostgreSQL: one engine for each process and purpose."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from messaging.errors import SettingsError
from messaging.settings import Settings


def driver_url(database_url: str) -> str:
    """The address with psycopg 3 as its driver, whichever way it was written.

    Raises `SettingsError` when it is not a PostgreSQL address.
    """
    scheme, separator, rest = database_url.partition("://")
    if not separator or scheme.split("+")[0] not in ("postgres", "postgresql"):
        raise SettingsError(
            "TIDINGS_DATABASE_URL must start with postgresql://; Tidings keeps its data in PostgreSQL."
        )
    return f"postgresql+psycopg://{rest}"


def new_engine(
    settings: Settings, *, application: str, pool_size: int = 5, statement_seconds: float | None = None
) -> AsyncEngine:
    """An engine on the configured database; connections are made when first needed.

    `application` shows in `pg_stat_activity`; a statement that takes longer than `statement_seconds` is canceled.
    Raises `SettingsError` when no database is configured.
    """
    if settings.tidings_database_url is None:
        raise SettingsError(
            "TIDINGS_DATABASE_URL is not set and no stack is running; start one with `tidings up`."
        )
    return create_async_engine(
        make_url(driver_url(settings.tidings_database_url)),
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text may reach a log, and values hold numbers and bodies
        connect_args={
            "application_name": f"tidings {application}",
            "connect_timeout": 5,
            **_limit(statement_seconds),
        },
    )


@asynccontextmanager
async def open_engine(
    settings: Settings, *, application: str, pool_size: int = 5, statement_seconds: float | None = None
) -> AsyncIterator[AsyncEngine]:
    """`new_engine`, disposed of at the end."""
    engine = new_engine(
        settings, application=application, pool_size=pool_size, statement_seconds=statement_seconds
    )
    try:
        yield engine
    finally:
        await engine.dispose()


def _limit(statement_seconds: float | None) -> dict[str, str]:
    if statement_seconds is None:
        return {}
    return {"options": f"-c statement_timeout={int(statement_seconds * 1000)}"}
