"""What is known of a number's consents: the states now, and the ledger's entries that led to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_STATES = text("""
    SELECT message_type, topic, channel, state, event_id, given_at FROM consents
    WHERE organization_id = :organization_id AND phone = :phone
    ORDER BY message_type, topic, channel
""")

_ENTRIES = text("""
    SELECT id, message_type, topic, channel, state_before, state_after, action, method, source, message_sid, actor,
        wording, wording_version, ip, user_agent, proof, evidence, given_at, recorded_at
    FROM consent_events
    WHERE organization_id = :organization_id AND phone = :phone
        AND (CAST(:before AS bigint) IS NULL OR id < :before)
    ORDER BY id DESC
    LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class ConsentNow:
    """The state for one type of message on one channel, since `given_at`, by ledger entry `event_id`."""

    message_type: str
    topic: str
    channel: str
    state: str
    event_id: int
    given_at: datetime


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry of the ledger, with its evidence; `action` is "" in entries of older versions that did not say."""

    id: int
    message_type: str
    topic: str
    channel: str
    state_before: str
    state_after: str
    action: str
    method: str
    source: str
    message_sid: str | None
    actor: str | None
    wording: str | None
    wording_version: str | None
    ip: str | None
    user_agent: str | None
    proof: str | None
    evidence: dict[str, Any]
    given_at: datetime
    recorded_at: datetime


async def consents_of(connection: AsyncConnection, phone: str, *, organization_id: UUID) -> Sequence[ConsentNow]:
    """The states of a number (E.164); a type that is missing is unknown."""
    rows = await connection.execute(_STATES, {"organization_id": organization_id, "phone": phone})
    return [ConsentNow(**row) for row in rows.mappings()]


async def ledger_of(
    connection: AsyncConnection, phone: str, *, organization_id: UUID, before: int | None = None, most: int
) -> Sequence[LedgerEntry]:
    """The ledger's entries of a number, newest first, from below the id `before`."""
    asked = {"organization_id": organization_id, "phone": phone, "before": before, "most": most}
    rows = await connection.execute(_ENTRIES, asked)
    return [LedgerEntry(**row) for row in rows.mappings()]
