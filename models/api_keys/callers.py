"""Who calls: the key that a request brought, if it is good now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.api_keys.scopes import Scope, allows
from models.api_keys.secret import Secret

_FIND = text("""
    SELECT id, organization_id, prefix, scopes, requests_per_second, digest, last_used_at FROM api_keys
    WHERE prefix = :prefix AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now)
""")

_STILL_GOOD = text("""
    SELECT EXISTS (SELECT FROM api_keys
                   WHERE id = :id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now))
""")

_USED = text("UPDATE api_keys SET last_used_at = :now WHERE id = :id")

_NOTED_EVERY = timedelta(minutes=1)
"""How exact `last_used_at` is: a write for each request would cost more than the knowledge is worth."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The key of a request: for which organization, and what it allows."""

    key_id: UUID
    organization_id: UUID
    prefix: str
    scopes: frozenset[str]
    requests_per_second: float | None

    def may(self, scope: Scope) -> bool:
        """Whether the key allows this."""
        return allows(self.scopes, scope)

    @property
    def name(self) -> str:
        """Who did it, for ledgers and timelines."""
        return f"api key {self.prefix}"


async def find_caller(connection: AsyncConnection, written: str, *, now: datetime) -> Caller | None:
    """The caller that this key stands for; None when it is no key, unknown, wrong, expired or revoked.

    Asked anew for each request, so that a revocation holds at once.
    """
    secret = Secret.read(written)
    if secret is None:
        return None
    row = (await connection.execute(_FIND, {"prefix": secret.prefix, "now": now})).one_or_none()
    if row is None or not secret.fits(bytes(row.digest)):
        return None
    if row.last_used_at is None or row.last_used_at < now - _NOTED_EVERY:
        await connection.execute(_USED, {"id": row.id, "now": now})
    return Caller(row.id, row.organization_id, row.prefix, frozenset(row.scopes), row.requests_per_second)


async def is_still_good(connection: AsyncConnection, key_id: UUID, *, now: datetime) -> bool:
    """Whether a key that was good when a long answer began has neither expired nor been revoked since."""
    return bool((await connection.execute(_STILL_GOOD, {"id": key_id, "now": now})).scalar_one())
