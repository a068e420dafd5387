"""Real PostgreSQL: one server and one migrated database a session, one rolled-back transaction a test."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging.settings import Settings
from models.bootstrap import upsert_organization
from models.engine import open_engine


@pytest.fixture(scope="session")
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    async with open_engine(settings, application="tests", pool_size=20) as engine:
        yield engine


@pytest.fixture
async def connection(engine: AsyncEngine, settings: Settings) -> AsyncIterator[AsyncConnection]:
    """A transaction that holds the default organization with its two senders, and is rolled back."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        await upsert_organization(connection, settings)
        yield connection
        await transaction.rollback()


@pytest.fixture
async def organization_id(connection: AsyncConnection) -> UUID:
    found = await connection.execute(text("SELECT id FROM organizations WHERE slug = 'default'"))
    return UUID(str(found.scalar_one()))


@pytest.fixture
async def committed(engine: AsyncEngine, settings: Settings) -> AsyncIterator[AsyncEngine]:
    """For what needs several connections: the default organization committed; every table emptied afterwards."""
    async with engine.begin() as connection:
        await upsert_organization(connection, settings)
    yield engine
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE organizations, budgets CASCADE"))
