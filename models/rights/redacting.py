"""Texts whose time is over leave the messages, and whatever else repeats them; the messages stay.

Messages are gone through by their ids, some at a time, and each organization's mark says how far; so nothing is
read twice, and a pass that is broken off goes on. A message that may still be sent, or whose lost answer is being
settled by its text, is passed over and looked at again each time.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_LIVE = "('planned', 'claimed', 'unknown')"

_REPEATED = """
    previews AS (
        UPDATE conversations v SET preview = ''
        FROM (SELECT DISTINCT conversation_id AS id FROM redacted WHERE conversation_id IS NOT NULL) r
        WHERE v.id = r.id AND v.last_message_at < :before AND v.preview <> ''),
    evidence AS (
        UPDATE settlements s
        SET evidence = (SELECT jsonb_agg(seen - 'body') FROM jsonb_array_elements(s.evidence) AS seen)
        FROM redacted r WHERE s.message_id = r.id AND s.evidence <> '[]')
"""

_WITHOUT_TEXT = "body = NULL, secret_body = NULL, media = NULL"

_NEXT = text(f"""
    WITH batch AS (
        SELECT id, organization_id, state, created_at FROM messages
        WHERE id > COALESCE((
            SELECT messages_to FROM retention_marks WHERE organization_id = :organization_id), 0)
        ORDER BY id LIMIT :most),
    old AS (SELECT id, state FROM batch WHERE organization_id = :organization_id AND created_at < :before),
    redacted AS (
        UPDATE messages m SET {_WITHOUT_TEXT} FROM old
        WHERE m.id = old.id AND m.state NOT IN {_LIVE} AND (m.body IS NOT NULL OR m.media IS NOT NULL)
        RETURNING m.id, m.conversation_id),
    passed_over AS (
        INSERT INTO retention_passed_over (message_id, organization_id)
        SELECT id, :organization_id FROM old WHERE state IN {_LIVE}
        ON CONFLICT (message_id) DO NOTHING),
    {_REPEATED},
    marked AS (
        INSERT INTO retention_marks (organization_id, messages_to)
        SELECT :organization_id, COALESCE(min(id) FILTER (WHERE created_at >= :before) - 1, max(id))
        FROM batch HAVING count(*) > 0
        ON CONFLICT (organization_id) DO UPDATE
        SET messages_to = GREATEST(retention_marks.messages_to, EXCLUDED.messages_to))
    SELECT (SELECT count(*) FROM redacted) AS redacted,
        count(*) < :most OR bool_or(created_at >= :before) AS is_end
    FROM batch
""")  # noqa: S608 (only the text above is put in)

_AGAIN = text(f"""
    WITH over AS (
        DELETE FROM retention_passed_over p USING messages m
        WHERE p.organization_id = :organization_id AND m.id = p.message_id AND m.state NOT IN {_LIVE}
        RETURNING m.id),
    redacted AS (
        UPDATE messages m SET {_WITHOUT_TEXT} FROM over WHERE m.id = over.id
        RETURNING m.id, m.conversation_id),
    {_REPEATED}
    SELECT count(*) FROM redacted
""")  # noqa: S608 (see above)

_COUNT = text(f"""
    SELECT count(*) FROM messages m
    WHERE m.organization_id = :organization_id AND m.created_at < :before AND m.state NOT IN {_LIVE}
        AND (m.body IS NOT NULL OR m.media IS NOT NULL)
        AND m.id > COALESCE((
            SELECT messages_to FROM retention_marks WHERE organization_id = :organization_id), 0)
""")  # noqa: S608 (see above)


@dataclass(frozen=True, slots=True)
class Redacted:
    """How many messages of a batch lost their text; `is_end`: what follows is younger."""

    messages: int
    is_end: bool


async def redact_next(
    connection: AsyncConnection, organization_id: UUID, *, before: datetime, most: int
) -> Redacted:
    """Redacts the organization's among the next so many messages of all, where they were made before then."""
    values = {"organization_id": organization_id, "before": before, "most": most}
    row = (await connection.execute(_NEXT, values)).one()
    return Redacted(row.redacted, bool(row.is_end))


async def redact_passed_over(connection: AsyncConnection, organization_id: UUID, *, before: datetime) -> int:
    """Redacts those that an earlier pass left alone and that have come to their end since; returns how many."""
    values = {"organization_id": organization_id, "before": before}
    return int((await connection.execute(_AGAIN, values)).scalar_one())


async def count_to_redact(connection: AsyncConnection, organization_id: UUID, *, before: datetime) -> int:
    """How many `redact_next` would redact in all, by reading alone."""
    values = {"organization_id": organization_id, "before": before}
    return int((await connection.execute(_COUNT, values)).scalar_one())
