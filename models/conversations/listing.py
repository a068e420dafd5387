"""Conversations for people who look: the newest first, all or the unread ones, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from messaging.phones import national
from models.conversations.modes import mode_now
from models.conversations.tables import Mode

UNKNOWN = "Unknown"
"""Shown for a contact of whom no name is known."""

_LINE = """
    SELECT v.id, v.contact_id, v.our_address, v.channel, v.preview, v.unread, v.last_inbound_at,
        v.last_message_at, v.mode, v.mode_until, v.mode_reason, v.studio_flow, v.created_at,
        ct.phone, ct.profile_name, concat_ws(' ', ct.first_name, ct.last_name) AS name
    FROM conversations v JOIN contacts ct ON ct.id = v.contact_id
    WHERE v.organization_id = :organization_id
"""

_ALL = f"""{_LINE}
        AND (CAST(:at AS timestamptz) IS NULL OR (v.last_message_at, v.id) < (:at, CAST(:id AS uuid)))
        AND (CAST(:contact_id AS bigint) IS NULL OR v.contact_id = :contact_id)
"""
_ORDER = " ORDER BY v.last_message_at DESC, v.id DESC LIMIT :most"

_NEWEST = text(_ALL + _ORDER)
_UNREAD = text(_ALL + " AND v.unread > 0" + _ORDER)
_ONE = text(_LINE + " AND v.id = :id")


class NoSuchConversation(TidingsError):
    """The organization has no conversation of this id."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place in a list behind which it goes on: the last conversation that was shown."""

    last_message_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class ConversationLine:
    """A conversation in a list. `phone` is E.164, `phone_shown` as its own country writes it.

    `name` is the contact's, else that of the WhatsApp profile, else "Unknown". `mode` is what holds now.
    """

    id: UUID
    contact_id: int
    name: str
    phone: str
    phone_shown: str
    our_address: str
    channel: str
    preview: str
    unread: int
    last_inbound_at: datetime | None
    last_message_at: datetime
    mode: Mode
    mode_until: datetime | None
    mode_reason: str | None
    created_at: datetime

    @property
    def cursor(self) -> Cursor:
        """Where a list that ends with this conversation goes on."""
        return Cursor(self.last_message_at, self.id)


async def list_conversations(
    connection: AsyncConnection,
    organization_id: UUID,
    *,
    now: datetime,
    unread: bool = False,
    contact_id: int | None = None,
    after: Cursor | None = None,
    most: int = 50,
) -> Sequence[ConversationLine]:
    """A page of the organization's conversations, latest message first, behind the last one of the page before."""
    values = {
        "organization_id": organization_id,
        "contact_id": contact_id,
        "at": after.last_message_at if after else None,
        "id": after.id if after else None,
        "most": most,
    }
    found = await connection.execute(_UNREAD if unread else _NEWEST, values)
    return [_line(row, now=now) for row in found]


async def load_conversation(
    connection: AsyncConnection, organization_id: UUID, conversation_id: UUID, *, now: datetime
) -> ConversationLine:
    """One conversation. Raises `NoSuchConversation`, also for one of another organization."""
    values = {"organization_id": organization_id, "id": conversation_id}
    row = (await connection.execute(_ONE, values)).one_or_none()
    if row is None:
        raise NoSuchConversation(
            f"There is no conversation {conversation_id}; `tidings conversations list` shows all of them."
        )
    return _line(row, now=now)


def _line(row: Row[Any], *, now: datetime) -> ConversationLine:
    return ConversationLine(
        id=row.id,
        contact_id=row.contact_id,
        name=row.name or row.profile_name or UNKNOWN,
        phone=row.phone,
        phone_shown=national(row.phone),
        our_address=row.our_address,
        channel=row.channel,
        preview=row.preview,
        unread=row.unread,
        last_inbound_at=row.last_inbound_at,
        last_message_at=row.last_message_at or row.created_at,
        mode=mode_now(row.mode, row.mode_until, now=now),
        mode_until=row.mode_until,
        mode_reason=row.mode_reason,
        created_at=row.created_at,
    )
