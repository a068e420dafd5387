"""A conversation read: its messages both ways, newest first, and the mark that somebody has seen them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.conversations import note_conversations

# A campaign's messages have no conversation: they belong to every one of the contact with their sender.
_THREAD = text("""
    SELECT m.id, m.direction, m.state::text AS state, m.body, m.media, m.channel, m.cause, m.skip_reason,
        m.error_code, m.twilio_sid, m.segments, m.created_at, m.updated_at, m.campaign_run_id,
        COALESCE((SELECT jsonb_agg(jsonb_build_object('id', i.id, 'place', i.place, 'state', i.state,
                'content_type', COALESCE(i.content_type, i.declared_type), 'size', i.size) ORDER BY i.place)
            FROM inbound_media i WHERE i.message_id = m.id), '[]') AS inbound_media
    FROM messages m
    WHERE m.id < :before AND m.organization_id = :organization_id AND m.id IN (
        SELECT id FROM messages WHERE conversation_id = :id
        UNION ALL
        SELECT o.id FROM messages o
            JOIN conversations v ON v.id = :id AND v.contact_id = o.contact_id AND v.channel = o.channel
            JOIN senders s ON s.id = o.sender_id AND s.address = v.our_address
        WHERE o.conversation_id IS NULL AND o.direction = 'outbound'
            AND o.state NOT IN ('planned', 'claimed', 'skipped', 'expired', 'canceled'))
    ORDER BY m.id DESC
    LIMIT :most
""")

_MARK_READ = text("""
    UPDATE conversations SET unread = 0
    WHERE organization_id = :organization_id AND id = :id AND unread > 0
""")

_ONE_READ = text("""
    UPDATE conversations SET unread = unread - 1
    WHERE organization_id = :organization_id AND id = :id AND unread > 0
""")

_NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message of a thread. `media` are the addresses that we send, `inbound_media` what a person sent."""

    id: int
    direction: str
    state: str
    body: str | None
    media: list[dict[str, str]] | None
    channel: str
    cause: str | None
    skip_reason: str | None
    error_code: int | None
    twilio_sid: str | None
    segments: int | None
    created_at: datetime
    updated_at: datetime
    campaign_run_id: UUID | None
    inbound_media: list[dict[str, Any]]


async def read_thread(
    connection: AsyncConnection,
    organization_id: UUID,
    conversation_id: UUID,
    *,
    before: int | None = None,
    most: int = 50,
) -> Sequence[ThreadMessage]:
    """A page of the conversation's messages, newest first, older than the message `before`.

    Campaign messages that left from the conversation's address to its contact are among them.
    """
    values = {
        "organization_id": organization_id,
        "id": conversation_id,
        "before": _NEWEST if before is None else before,
        "most": most,
    }
    return [ThreadMessage(**row) for row in (await connection.execute(_THREAD, values)).mappings()]


async def mark_read(connection: AsyncConnection, organization_id: UUID, conversation_id: UUID) -> bool:
    """Counts the conversation as read; False when nothing in it was unread, or it is not the organization's."""
    values = {"organization_id": organization_id, "id": conversation_id}
    was_unread = (await connection.execute(_MARK_READ, values)).rowcount > 0
    if was_unread:
        await note_conversations(connection, [conversation_id])
    return was_unread


async def count_as_read(connection: AsyncConnection, organization_id: UUID, conversation_id: UUID) -> None:
    """Counts the conversation's latest message as read, because nobody has to do anything about it."""
    values = {"organization_id": organization_id, "id": conversation_id}
    if (await connection.execute(_ONE_READ, values)).rowcount:
        await note_conversations(connection, [conversation_id])
