"""Who answers in a conversation: handed over, taken back, silenced; a mode ends by itself when its time is up."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.conversations.tables import Mode
from models.events.conversations import note_conversations

_SET = text("""
    UPDATE conversations
    SET mode = :mode, mode_until = :until, mode_reason = :reason, studio_flow = :studio_flow
    WHERE organization_id = :organization_id AND id = :id
    RETURNING id
""")


async def set_mode(
    connection: AsyncConnection,
    *,
    organization_id: UUID,
    conversation_id: UUID,
    mode: Mode,
    until: datetime | None = None,
    reason: str | None = None,
    studio_flow: str | None = None,
) -> bool:
    """Says who answers from now on, `until` then (None is without end); False when there is no such conversation.

    `Mode.AUTO` takes a conversation back from whoever had it. Only `models.replies.studio.hand_over` should set
    `Mode.STUDIO`, because the flow must be started too.
    """
    values = {
        "organization_id": organization_id,
        "id": conversation_id,
        "mode": mode.value,
        "until": until,
        "reason": reason,
        "studio_flow": studio_flow,
    }
    found = (await connection.execute(_SET, values)).scalar_one_or_none() is not None
    if found:
        await note_conversations(connection, [conversation_id])
    return found


def mode_now(mode: str, until: datetime | None, *, now: datetime) -> Mode:
    """The mode that holds now."""
    return Mode.AUTO if until is not None and until <= now else Mode(mode)
