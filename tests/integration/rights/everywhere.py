"""Looks for a text in every column of every table."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.tables import metadata


async def places_of(engine: AsyncEngine, sought: str) -> dict[str, int]:
    """The tables that hold it, with how many of their rows."""
    found = {}
    async with engine.connect() as connection:
        for name in metadata.tables:
            asked = text(f"SELECT count(*) FROM {name} AS t WHERE strpos(t::text, :sought) > 0")  # noqa: S608 (our names)
            found[name] = int((await connection.execute(asked, {"sought": sought})).scalar_one())
    return {name: count for name, count in found.items() if count}
