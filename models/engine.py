"""Connections to PostgreSQL: one engine for each process and purpose."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from messaging.errors import SettingsError
from messaging.number_hash import NumberHash
from messaging.settings import Settings

IDLE_SECONDS = 60
"""After so long in the middle of a transaction without a word PostgreSQL takes the process for frozen, and its
locks from it. Nothing here waits so long for anything while it has something locked."""


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
        execution_options={"number_hash": NumberHash.of(settings)},  # `models.rights.suppressed`
        connect_args={
            "application_name": f"tidings {application}",
            "connect_timeout": 5,
            "options": _options(statement_seconds),
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


def _options(statement_seconds: float | None) -> str:
    """What holds for every connection: nobody waits for hours for what a frozen or lost machine had locked."""
    limits = {
        "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
        "tcp_keepalives_idle": "30",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
    }
    if statement_seconds is not None:
        limits["statement_timeout"] = f"{int(statement_seconds * 1000)}ms"
    return " ".join(f"-c {name}={value}" for name, value in limits.items())
