"""Statuses of messages as events, set-wise, and only where somebody wants them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.demand import WANTED

_NOTE = text(f"""
    WITH wanted AS MATERIALIZED ({WANTED})
    INSERT INTO events (organization_id, kind, subject, created_at)
    SELECT m.organization_id, 'message.status',
        jsonb_build_object('message_id', m.id, 'status', s.status, 'error_code', s.error_code,
                           'campaign_run_id', m.campaign_run_id, 'conversation_id', m.conversation_id),
        :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:statuses AS text[]), CAST(:error_codes AS int[]))
        AS s(id, status, error_code)
    JOIN messages m ON m.id = s.id
    WHERE EXISTS (SELECT FROM wanted) AND m.organization_id IN (SELECT organization_id FROM wanted)
    ORDER BY m.id
""")  # noqa: S608 (only the text of another module is put in)


@dataclass(frozen=True, slots=True)
class StatusSeen:
    """A status of a message of ours that was not known before."""

    message_id: int
    status: str
    error_code: int | None = None


async def note_statuses(connection: AsyncConnection, seen: Iterable[StatusSeen], *, now: datetime) -> int:
    """Notes them for the organizations that want them, by one statement; returns how many."""
    statuses = list(seen)
    if not statuses:
        return 0
    values = {
        "ids": [each.message_id for each in statuses],
        "statuses": [each.status for each in statuses],
        "error_codes": [each.error_code for each in statuses],
        "now": now,
    }
    return (await connection.execute(_NOTE, values)).rowcount
