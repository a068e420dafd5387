"""A message joins its thread: what a person wrote counts as unread, what we wrote does not."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.columns import new_id
from models.conversations.previews import MEDIA_PREVIEW, PREVIEW_LENGTH, preview_of
from models.events.conversations import note_conversations

_LATEST = """
    preview = CASE WHEN thread.last_message_at > EXCLUDED.last_message_at THEN thread.preview
                   ELSE EXCLUDED.preview END,
    last_message_at = GREATEST(thread.last_message_at, EXCLUDED.last_message_at)
"""

_ADD_INBOUND = text(f"""
    INSERT INTO conversations AS thread (id, organization_id, contact_id, our_address, channel, preview, unread,
                                         last_inbound_at, last_message_at, created_at)
    VALUES (:id, :organization_id, :contact_id, :our_address, :channel, :preview, 1, :now, :now, :now)
    ON CONFLICT (organization_id, contact_id, our_address, channel) DO UPDATE
    SET unread = thread.unread + 1,
        last_inbound_at = GREATEST(thread.last_inbound_at, EXCLUDED.last_inbound_at),
        {_LATEST}
    RETURNING id
""")  # noqa: S608 (only the text above is put in)

_ADD_OUTBOUND = text("""
    UPDATE conversations
    SET preview = CASE WHEN last_message_at > :now THEN preview ELSE :preview END,
        last_message_at = GREATEST(last_message_at, :now)
    WHERE organization_id = :organization_id AND id = :id
""")


_ADD_PLANNED = text(f"""
    WITH latest AS (
        SELECT DISTINCT ON (conversation_id) conversation_id,
            COALESCE(NULLIF(left(btrim(body, E' \\n\\r\\t'), {PREVIEW_LENGTH}), ''), '{MEDIA_PREVIEW}') AS preview
        FROM messages
        WHERE id = ANY(CAST(:ids AS bigint[])) AND conversation_id IS NOT NULL AND state = 'planned'
        ORDER BY conversation_id, id DESC
    ),
    locked AS (
        SELECT id FROM conversations WHERE id IN (SELECT conversation_id FROM latest) ORDER BY id FOR UPDATE
    )
    UPDATE conversations v
    SET preview = CASE WHEN v.last_message_at > :now THEN v.preview ELSE l.preview END,
        last_message_at = GREATEST(v.last_message_at, :now)
    FROM latest l JOIN locked k ON k.id = l.conversation_id
    WHERE v.id = k.id
    RETURNING v.id
""")  # noqa: S608 (only constants are put in)
"""Locked in the order of their ids, so that two plans at once wait for each other in turn."""


async def add_inbound(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    contact_id: int,
    our_address: str,
    channel: str,
    body: str,
    now: datetime,
) -> UUID:
    """Finds or opens the thread of a contact and one of our addresses; counts one more unread message in it."""
    values = {
        "id": new_id(),
        "organization_id": organization_id,
        "contact_id": contact_id,
        "our_address": our_address,
        "channel": channel,
        "preview": preview_of(body),
        "now": now,
    }
    conversation_id = UUID(str((await connection.execute(_ADD_INBOUND, values)).scalar_one()))
    await note_conversations(connection, [conversation_id])
    return conversation_id


async def add_outbound(
    connection: AsyncConnection, *, organization_id: UUID, conversation_id: UUID, body: str, now: datetime
) -> None:
    """Notes a message of ours in its thread: preview and time; nothing becomes unread by it."""
    values = {"organization_id": organization_id, "id": conversation_id, "preview": preview_of(body), "now": now}
    if (await connection.execute(_ADD_OUTBOUND, values)).rowcount:
        await note_conversations(connection, [conversation_id])


async def add_planned(connection: AsyncConnection, message_ids: Sequence[int], *, now: datetime) -> None:
    """Notes planned messages in the threads they belong to, if any: preview and time."""
    if message_ids:
        threads = await connection.execute(_ADD_PLANNED, {"ids": list(message_ids), "now": now})
        await note_conversations(connection, threads.scalars().all())
