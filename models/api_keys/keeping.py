"""Keys made, listed and taken back by whoever runs Tidings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.api_keys.scopes import Scope
from models.api_keys.secret import Secret
from models.columns import new_id

_INSERT = text("""
    INSERT INTO api_keys (id, organization_id, prefix, digest, name, scopes, requests_per_second, created_at,
                          expires_at)
    VALUES (:id, :organization_id, :prefix, :digest, :name, :scopes, :requests_per_second, :now, :expires_at)
""")

_LIST = text("""
    SELECT k.id, o.slug AS organization, k.prefix, k.name, k.scopes, k.requests_per_second, k.created_at,
        k.expires_at, k.revoked_at, k.last_used_at
    FROM api_keys k JOIN organizations o ON o.id = k.organization_id
    WHERE k.organization_id = :organization_id
    ORDER BY k.id
""")

_REVOKE = text("""
    UPDATE api_keys SET revoked_at = COALESCE(revoked_at, :now)
    WHERE organization_id = :organization_id AND (prefix = :reference OR id::text = :reference)
    RETURNING prefix
""")


class NoSuchKey(TidingsError):
    """No key has this prefix or id."""


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key in a list, never with its secret."""

    id: UUID
    organization: str
    prefix: str
    name: str
    scopes: list[str]
    requests_per_second: float | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def state(self, now: datetime) -> str:
        """Active, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"

    def to_json(self, now: datetime) -> dict[str, Any]:
        """The line for machines."""
        moments = ("created_at", "expires_at", "revoked_at", "last_used_at")
        return {
            "id": str(self.id),
            "organization": self.organization,
            "prefix": self.prefix,
            "name": self.name,
            "scopes": self.scopes,
            "requests_per_second": self.requests_per_second,
            "state": self.state(now),
            **{name: value.isoformat() if (value := getattr(self, name)) else None for name in moments},
        }


async def create_key(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    scopes: frozenset[Scope],
    name: str = "",
    requests_per_second: float | None = None,
    expires_at: datetime | None = None,
    now: datetime,
) -> Secret:
    """Makes a key and returns it; it cannot be read again afterwards."""
    secret = Secret.new()
    values = {
        "id": new_id(),
        "organization_id": organization_id,
        "prefix": secret.prefix,
        "digest": secret.digest,
        "name": name,
        "scopes": sorted(scopes),
        "requests_per_second": requests_per_second,
        "expires_at": expires_at,
        "now": now,
    }
    await connection.execute(_INSERT, values)
    return secret


async def list_keys(connection: AsyncConnection, organization_id: UUID) -> Sequence[KeyLine]:
    """The keys of an organization, oldest first; revoked and expired ones too."""
    rows = await connection.execute(_LIST, {"organization_id": organization_id})
    return [KeyLine(**row) for row in rows.mappings()]


async def revoke_key(connection: AsyncConnection, reference: str, *, organization_id: UUID, now: datetime) -> str:
    """Ends an organization's key, named by its prefix or id, for good; returns its prefix. Raises `NoSuchKey`."""
    values = {"reference": reference, "organization_id": organization_id, "now": now}
    prefix = (await connection.execute(_REVOKE, values)).scalar_one_or_none()
    if prefix is None:
        raise NoSuchKey(f'There is no key "{reference}"; `tidings apikey list` shows the prefix of each.')
    return str(prefix)
