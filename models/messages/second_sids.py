"""A second SID for a message that has one: perhaps it was sent twice, so it is kept for people to see."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.incidents import IncidentKind

_RECORD = text("""
    INSERT INTO incidents (organization_id, kind, message_id, campaign_run_id, detail, seen_at)
    SELECT m.organization_id, :kind, m.id, m.campaign_run_id, CAST(s.detail AS jsonb), :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:details AS text[])) AS s(id, detail)
    JOIN messages m ON m.id = s.id
    WHERE NOT EXISTS (
        SELECT FROM incidents i
        WHERE i.message_id = m.id AND i.kind = :kind AND i.detail @> CAST(s.detail AS jsonb)
    )
""")


@dataclass(frozen=True, slots=True)
class SecondSid:
    """A SID that says it belongs to a message which has another."""

    message_id: int
    twilio_sid: str


async def record_second_sids(connection: AsyncConnection, seen: Sequence[SecondSid], *, now: datetime) -> int:
    """Writes an incident for each pair not yet written, and returns how many; the messages must be locked."""
    distinct = list(dict.fromkeys(seen))
    if not distinct:
        return 0
    values = {
        "kind": IncidentKind.SECOND_SID.value,
        "ids": [second.message_id for second in distinct],
        "details": [json.dumps({"twilio_sid": second.twilio_sid}) for second in distinct],
        "now": now,
    }
    return (await connection.execute(_RECORD, values)).rowcount
