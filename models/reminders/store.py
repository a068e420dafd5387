"""An organization's reminder rules, kept and read."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.reminders.answer_rules import Answers
from messaging.reminders.definition import ReminderRules
from models.reminders.definition import WrittenRules, parse

_LOAD = text("""
    SELECT written, version, actor, updated_at FROM reminder_rules WHERE organization_id = :organization_id
""")

_HOLD = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('reminder rules ' || :organization_id, 0))")
_TAKE = text("SELECT pg_advisory_xact_lock(hashtextextended('reminder rules ' || :organization_id, 0))")

_SAVE = text("""
    INSERT INTO reminder_rules AS r (organization_id, written, version, actor, updated_at)
    VALUES (:organization_id, :written, 1, :actor, :now)
    ON CONFLICT (organization_id) DO UPDATE
    SET written = EXCLUDED.written, version = r.version + 1, actor = EXCLUDED.actor,
        updated_at = EXCLUDED.updated_at
    WHERE r.written <> EXCLUDED.written
""")


@dataclass(frozen=True, slots=True)
class StoredRules:
    """The rules of one version and what people may answer, who set them and when."""

    rules: ReminderRules
    answers: Answers
    written: str
    version: int
    actor: str
    updated_at: datetime


async def load_rules(connection: AsyncConnection, organization_id: UUID) -> StoredRules | None:
    """The organization's rules by now; None when it never set any."""
    row = (await connection.execute(_LOAD, {"organization_id": organization_id})).mappings().one_or_none()
    if row is None:
        return None
    read = _read(row["written"])
    return StoredRules(rules=read.rules, answers=read.answers, **row)


async def hold_rules(connection: AsyncConnection, organization_id: UUID) -> StoredRules | None:
    """As `load_rules`; the rules stay as they are until the transaction ends, so that none follows old ones."""
    await connection.execute(_HOLD, {"organization_id": str(organization_id)})
    return await load_rules(connection, organization_id)


async def save_rules(
    connection: AsyncConnection, organization_id: UUID, written: str, *, actor: str, now: datetime
) -> None:
    """Keeps a checked YAML text, when all who hold the rules are done; the same text again is no new version."""
    await connection.execute(_TAKE, {"organization_id": str(organization_id)})
    values = {"organization_id": organization_id, "written": written, "actor": actor, "now": now}
    await connection.execute(_SAVE, values)


@lru_cache(maxsize=256)
def _read(written: str) -> WrittenRules:
    return parse(written, where="the stored reminder rules")
