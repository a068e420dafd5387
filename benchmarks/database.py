"""A migrated database on a throw-away PostgreSQL, with the settings that reach it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from models.bootstrap import upsert_defaults
from models.engine import open_engine
from models.migrate import upgrade

ACCOUNT_SID = "AC" + "be" * 16
SERVICE_SID = "MG" + "be" * 16


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a benchmark runs: a server, and a folder of its own for files."""

    server_url: str
    folder: Path


@contextmanager
def fresh_database(bench: Bench) -> Iterator[Settings]:
    """A database as after the first `tidings up`, dropped at the end; the sender has no limit worth a name."""
    name = f"bench_{secrets.token_hex(4)}"
    with _connected(bench) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    parts = conninfo_to_dict(bench.server_url)
    url = f"postgresql://{parts['user']}@{parts['host']}:{parts['port']}/{name}?passfile={parts['passfile']}"
    settings = _settings(url, home=bench.folder)
    upgrade(url)
    asyncio.run(upsert_defaults(url, settings))
    try:
        yield settings
    finally:
        # Where autovacuum is at work in it, it cannot be dropped by our role; it goes with the server.
        with suppress(psycopg.errors.InsufficientPrivilege), _connected(bench) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _connected(bench: Bench) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(bench.server_url, autocommit=True)


@asynccontextmanager
async def open_bench(settings: Settings) -> AsyncIterator[tuple[AsyncEngine, UUID]]:
    """An engine on the database, and the organization in it."""
    async with open_engine(settings, application="benchmark") as engine:
        async with engine.connect() as connection:
            found = await connection.execute(text("SELECT id FROM organizations"))
            organization_id = UUID(str(found.scalar_one()))
        yield engine, organization_id


def _settings(url: str, *, home: Path) -> Settings:
    return Settings.model_validate(
        {
            "twilio_account_sid": ACCOUNT_SID,
            "twilio_auth_token": "be" * 16,
            "twilio_messaging_service_transactional": "MG" + "aa" * 16,
            "twilio_messaging_service_marketing": SERVICE_SID,
            "twilio_api_base_url": "http://127.0.0.1:9",
            "public_base_url": "http://127.0.0.1:9",
            "tidings_database_url": url,
            "tidings_home": home,
            "tidings_sender_rate": 1e6,
            "tidings_quiet_hours": False,
        }
    )
