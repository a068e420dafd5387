"""One API for the tests of events; every table emptied after a test."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.events.process import ApiProcess, api_process, key_for
from tests.api.events.receiver import Receiver, receiving
from tests.integration.prefect_double import PrefectDouble


@pytest.fixture(scope="package")
async def events_api(database_url: str, prefect: PrefectDouble) -> AsyncIterator[ApiProcess]:
    async with api_process(database_url, PREFECT_API_URL=prefect.url) as api:
        yield api


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def key(database: AsyncEngine, organization_id: UUID) -> dict[str, str]:
    return await key_for(database, organization_id)
