"""The migrations and the models say the same thing."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from messaging.statuses import MessageState
from models.engine import driver_url
from models.migrate import upgrade
from models.tables import metadata


def _same_kind(_context: object, _column: object, _sql: object, database: Any, model: Any) -> bool | None:
    """PostgreSQL keeps text and varchar alike; any other difference of type counts."""
    texts = {"TEXT", "VARCHAR"}
    return False if {str(database).upper(), str(model.compile()).upper()} <= texts else None


def test_migrated_schema_is_the_models_schema(database_url: str) -> None:
    engine = create_engine(driver_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _same_kind})
        assert compare_metadata(context, metadata) == []


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)


async def test_enum_has_the_states_in_their_order(connection: AsyncConnection) -> None:
    rows = await connection.execute(text("SELECT unnest(enum_range(NULL::message_state))::text"))
    assert rows.scalars().all() == [state.value for state in MessageState]
