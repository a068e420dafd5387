"""Changes of conversations as events: a message came or left, someone read it, someone else answers now."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_NOTE = text("""
    INSERT INTO events (organization_id, kind, subject, created_at)
    SELECT organization_id, 'conversation.changed',
        jsonb_build_object('conversation_id', id, 'contact_id', contact_id, 'unread', unread, 'mode', mode,
                           'last_message_at', last_message_at),
        now()
    FROM conversations WHERE id = ANY(CAST(:ids AS uuid[]))
    ORDER BY id
""")


async def note_conversations(connection: AsyncConnection, ids: Collection[UUID]) -> None:
    """Notes how some conversations are now, by one statement."""
    if ids:
        await connection.execute(_NOTE, {"ids": list(ids)})
