"""An organization's policy, kept and read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.policy.definition import Policy, parse

_SAVE = text("""
    INSERT INTO organization_policies AS p (organization_id, written, version, actor, updated_at)
    VALUES (:organization_id, :written, 1, :actor, :now)
    ON CONFLICT (organization_id) DO UPDATE
    SET written = EXCLUDED.written, version = p.version + 1, actor = EXCLUDED.actor,
        updated_at = EXCLUDED.updated_at
    RETURNING version
""")

_LOAD = text("""
    SELECT written, version, actor, updated_at FROM organization_policies
    WHERE organization_id = :organization_id
""")


_ALL = text("SELECT organization_id, written FROM organization_policies")

_OF_RUN = text("""
    SELECT p.written FROM organization_policies p JOIN campaign_runs r USING (organization_id) WHERE r.id = :run_id
""")

_OF_MESSAGES = text("""
    SELECT p.written FROM organization_policies p JOIN messages m USING (organization_id)
    WHERE m.id = ANY(CAST(:ids AS bigint[])) LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy with the number of its version, who set it and when."""

    policy: Policy
    written: str
    version: int
    actor: str
    updated_at: datetime


async def load_policy(connection: AsyncConnection, organization_id: UUID) -> Policy:
    """What the organization has decided by now; the defaults when it has said nothing."""
    stored = await stored_policy(connection, organization_id)
    return stored.policy if stored else Policy()


async def all_policies(connection: AsyncConnection) -> dict[UUID, Policy]:
    """What every organization has decided by now that has said something."""
    return {row.organization_id: _read(row.written) for row in await connection.execute(_ALL)}


async def policy_of_run(connection: AsyncConnection, run_id: UUID) -> Policy:
    """What the organization of a campaign run has decided by now."""
    written = (await connection.execute(_OF_RUN, {"run_id": run_id})).scalar_one_or_none()
    return _read(written) if written else Policy()


async def policy_of_messages(connection: AsyncConnection, ids: Collection[int]) -> Policy:
    """What the one organization of these messages has decided by now."""
    written = (await connection.execute(_OF_MESSAGES, {"ids": list(ids)})).scalar_one_or_none()
    return _read(written) if written else Policy()


async def stored_policy(connection: AsyncConnection, organization_id: UUID) -> StoredPolicy | None:
    """The organization's policy as it was set; None when it has said nothing."""
    row = (await connection.execute(_LOAD, {"organization_id": organization_id})).mappings().one_or_none()
    return StoredPolicy(policy=_read(row["written"]), **row) if row else None


async def set_policy(
    connection: AsyncConnection, organization_id: UUID, written: str, *, actor: str, now: datetime
) -> int:
    """Makes a checked YAML text the organization's policy from the next look on; returns its version, from 1."""
    values = {"organization_id": organization_id, "written": written, "actor": actor, "now": now}
    return int((await connection.execute(_SAVE, values)).scalar_one())


@lru_cache(maxsize=256)
def _read(written: str) -> Policy:
    """A policy is asked for with every claim and seldom changes, so its text is read once."""
    return parse(written, where="the stored policy")
