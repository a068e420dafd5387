"""An organization's reply rules, kept and read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError

_SAVE = text("""
    INSERT INTO reply_rules (organization_id, source, loaded_at) VALUES (:organization_id, :source, :now)
    ON CONFLICT (organization_id) DO UPDATE SET source = EXCLUDED.source, loaded_at = EXCLUDED.loaded_at
""")

_LOAD = text("SELECT source, loaded_at FROM reply_rules WHERE organization_id = :organization_id")

_REMOVE = text("DELETE FROM reply_rules WHERE organization_id = :organization_id")


class NoRules(TidingsError):
    """The organization has no rules of its own yet."""


async def save_rules(connection: AsyncConnection, organization_id: UUID, source: str, *, now: datetime) -> None:
    """Makes a checked YAML text the organization's rules, from the next message on."""
    await connection.execute(_SAVE, {"organization_id": organization_id, "source": source, "now": now})


async def load_rules(connection: AsyncConnection, organization_id: UUID) -> str:
    """The YAML text of the organization's rules. Raises `NoRules`."""
    row = (await connection.execute(_LOAD, {"organization_id": organization_id})).one_or_none()
    if row is None:
        raise NoRules("There are no reply rules yet; `tidings replies load FILE` loads some.")
    return str(row.source)


async def remove_rules(connection: AsyncConnection, organization_id: UUID) -> bool:
    """Takes the organization's rules away; False when there were none."""
    return (await connection.execute(_REMOVE, {"organization_id": organization_id})).rowcount > 0
