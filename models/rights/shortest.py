"""How long raw webhooks may be kept at most: no longer than any organization keeps the texts that are in them."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.policy.store import load_policy

_ALL = text("SELECT id FROM organizations")


async def shortest_bodies_days(connection: AsyncConnection) -> int:
    """The least `bodies_days` of all policies; files of the archive and batches of webhooks hold several's."""
    ids = (await connection.execute(_ALL)).scalars().all()
    days = [(await load_policy(connection, id_)).retention.bodies_days for id_ in ids]
    return min(days, default=3_650)
