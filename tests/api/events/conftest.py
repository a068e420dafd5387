"""One API for the tests of events, on a database of its own: no other API delivers them."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.events.process import ApiProcess, api_process, key_for
from tests.api.events.receiver import Receiver, receiving
from tests.api.events.subscriptions import Subscriptions
from tests.fixtures.migrated_databases import Databases
from tests.integration.prefect_double import PrefectDouble


@pytest.fixture(scope="module")
def database_name() -> str:
    return "events"


@pytest.fixture(scope="package")
async def events_api(databases: Databases, prefect: PrefectDouble) -> AsyncIterator[ApiProcess]:
    async with api_process(databases.url("events"), PREFECT_API_URL=prefect.url) as api:
        yield api


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def key(database: AsyncEngine, organization_id: UUID) -> dict[str, str]:
    return await key_for(database, organization_id)


@pytest.fixture
def client(events_api: ApiProcess, key: dict[str, str]) -> Subscriptions:
    return Subscriptions(events_api, key)
