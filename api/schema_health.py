"""Whether the database answers, and has the schema that this version needs."""

from functools import cache

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.database_faults import NotStoredError, in_transaction, within
from models.migrate import revisions

_PATIENCE = 0.9
_VERSION = text("SELECT version_num FROM alembic_version")
known_revisions = cache(revisions)
"""Read once, at the start: it takes a tenth of a second, in which no webhook would be answered."""


async def schema_problem(engine: AsyncEngine) -> tuple[str | None, str | None]:
    """What is wrong with the database, and with its schema; None where nothing is.

    A version that is not known here is a newer one: during an upgrade old processes go on.
    """
    try:
        version = await within(_PATIENCE, in_transaction(engine, _version))
    except NotStoredError:
        return "it does not answer", "not known"
    except SQLAlchemyError:
        return None, "there is none; `tidings up` makes it"
    if version in known_revisions()[:-1]:
        newest = known_revisions()[-1]
        return None, f"the database is at version {version}; `tidings up` brings it to {newest}"
    return None, None


async def _version(connection: AsyncConnection) -> str:
    return str((await connection.execute(_VERSION)).scalar_one())
