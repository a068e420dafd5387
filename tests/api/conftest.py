"""One API process for these tests, on a database of its own; every table emptied after a test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.database_faults import in_transaction
from messaging.settings import Settings
from models.bootstrap import upsert_organization
from models.tables import metadata
from tests.api.server import Api, running_api
from tests.fixtures.emptying import ledger_unlocked
from tests.fixtures.logs import logs_as_before
from tests.fixtures.migrated_databases import Databases
from tests.integration.prefect_double import PrefectDouble, prefect_double


@pytest.fixture(scope="session")
def prefect() -> Iterator[PrefectDouble]:
    with prefect_double() as double:
        yield double


@pytest.fixture(scope="session")
def media_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def database_name() -> str:
    return "api"


@pytest.fixture(scope="package")
async def api_process(databases: Databases, prefect: PrefectDouble, media_store: Path) -> AsyncIterator[Api]:
    url = databases.url("api")
    async with running_api(url, PREFECT_API_URL=prefect.url, TIDINGS_MEDIA_STORE=str(media_store)) as api:
        yield api


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    with logs_as_before():
        yield


@pytest.fixture
async def database(engine: AsyncEngine, settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The default organization with its two senders, and nothing else."""
    async with engine.begin() as connection:
        await upsert_organization(connection, settings)
    yield engine
    await in_transaction(engine, _empty)


async def _empty(connection: AsyncConnection) -> None:
    """Again after a deadlock with what the API does in the background; with few rows faster than TRUNCATE."""
    async with ledger_unlocked(connection):
        for table in reversed(metadata.sorted_tables):
            await connection.execute(table.delete())


@pytest.fixture
def api(api_process: Api, database: AsyncEngine) -> Api:  # noqa: ARG001 (the database must be ready)
    return api_process


@pytest.fixture
async def organization_id(database: AsyncEngine) -> UUID:
    async with database.connect() as connection:
        found = await connection.execute(text("SELECT id FROM organizations WHERE slug = 'default'"))
        return UUID(str(found.scalar_one()))
