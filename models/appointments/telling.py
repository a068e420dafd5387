"""Writes what happened to appointments: in their stories, and as the event that other systems hear of."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.happened import Happened

_STORY = text("""
    INSERT INTO appointment_events (organization_id, appointment_id, what, actor, message_id, detail, at)
    SELECT :organization_id, appointment_id, what, :actor, CAST(:message_id AS bigint), detail, :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:whats AS text[]), CAST(:details AS jsonb[]))
        WITH ORDINALITY AS e(appointment_id, what, detail, place)
    ORDER BY place
""")

_NOTE = text("""
    INSERT INTO events (organization_id, kind, subject, created_at)
    SELECT a.organization_id, 'appointment.changed',
        jsonb_build_object('appointment_id', a.id, 'external_id', a.external_id, 'contact_id', a.contact_id,
                           'state', a.state, 'starts_at', a.starts_at, 'what', to_jsonb(e.whats)),
        :now
    FROM (
        SELECT id, array_agg(what ORDER BY place) AS whats
        FROM unnest(CAST(:ids AS bigint[]), CAST(:whats AS text[])) WITH ORDINALITY AS e(id, what, place)
        GROUP BY id
    ) e JOIN appointments a ON a.id = e.id AND a.organization_id = :organization_id
    ORDER BY a.id
""")


async def tell(
    connection: AsyncConnection,
    organization_id: UUID,
    stories: Mapping[int, Sequence[Happened]],
    *,
    now: datetime,
    actor: str,
    message_id: int | None = None,
) -> None:
    """Writes what happened to each appointment (by id), by two statements, in the caller's transaction."""
    entries = [(appointment_id, each) for appointment_id, story in stories.items() for each in story]
    if not entries:
        return
    named = {
        "organization_id": organization_id,
        "ids": [appointment_id for appointment_id, _ in entries],
        "whats": [each.what for _, each in entries],
        "now": now,
    }
    details = [json.dumps(each.detail, default=_plain) for _, each in entries]
    await connection.execute(_STORY, {**named, "details": details, "actor": actor, "message_id": message_id})
    await connection.execute(_NOTE, named)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
