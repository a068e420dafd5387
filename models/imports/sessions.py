"""What an import works with: a connection whose temporary tables go with it, and the organization it is for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.imports.faults import ImportRefused

_ORGANIZATION = text("SELECT id, default_region FROM organizations WHERE slug = :slug")


@asynccontextmanager
async def own_connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection that is not used again when the import breaks off."""
    async with engine.connect() as connection:
        try:
            yield connection
        except BaseException:
            # What was staged goes with the connection, and so does a copy that was cut off in the middle.
            await connection.invalidate()
            raise


async def importing_organization(connection: AsyncConnection, slug: str) -> tuple[UUID, str]:
    """The organization's id and default region. Raises `ImportRefused` when there is none of this name."""
    found = (await connection.execute(_ORGANIZATION, {"slug": slug})).one_or_none()
    if found is None:
        raise ImportRefused(f'There is no organization "{slug}"; name one that exists, such as default.')
    return found.id, found.default_region
