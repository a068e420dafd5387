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
    SELECT :organization_id, id, what, :actor, CAST(:message_id AS bigint), detail, :now
    FROM jsonb_array_elements(CAST(:entries AS jsonb)) WITH ORDINALITY AS e(entry, place),
        jsonb_to_record(entry) AS r(id bigint, what text, detail jsonb)
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
    told = [{"id": id_, "what": each.what, "detail": each.detail} for id_, each in entries]
    about = {"entries": json.dumps(told, default=_plain), "actor": actor, "message_id": message_id}
    await connection.execute(_STORY, {"organization_id": organization_id, "now": now, **about})
    await connection.execute(_NOTE, named)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
