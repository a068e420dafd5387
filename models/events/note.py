"""Notes events in the transaction of the change they tell of: both are committed, or neither is."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.kinds import EventKind

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"

_NOTE = text("""
    INSERT INTO events (organization_id, kind, subject, created_at)
    SELECT organization_id, kind, subject, :now
    FROM unnest(CAST(:organization_ids AS uuid[]), CAST(:kinds AS text[]), CAST(:subjects AS jsonb[]))
        WITH ORDINALITY AS e(organization_id, kind, subject, place)
    ORDER BY place
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened in an organization; `subject` holds ids, never a phone number or a text."""

    organization_id: UUID
    kind: EventKind
    subject: Mapping[str, Json] = field(default_factory=dict)


async def note(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    kind: EventKind,
    subject: Mapping[str, Json],
    now: datetime,
) -> None:
    """Notes one event; it is heard of once this transaction is committed. `subject` holds ids only."""
    happening = Happening(organization_id=organization_id, kind=kind, subject=subject)
    await note_many(connection, [happening], now=now)


async def note_many(connection: AsyncConnection, happenings: Iterable[Happening], *, now: datetime) -> None:
    """Notes events in their order, by one statement."""
    noted = list(happenings)
    if not noted:
        return
    values = {
        "organization_ids": [each.organization_id for each in noted],
        "kinds": [each.kind.value for each in noted],
        "subjects": [json.dumps(each.subject, default=str) for each in noted],
        "now": now,
    }
    await connection.execute(_NOTE, values)
