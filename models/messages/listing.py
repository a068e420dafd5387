"""An organization's messages, in and out, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.messages.lookup import NoSuchMessage

_MESSAGES = """
    SELECT m.id, m.direction, m.state::text AS state, m.phone, m.country, m.our_address, m.channel, m.message_type,
        m.topic, m.contact_id, m.conversation_id, CASE WHEN NOT c.standing THEN c.id END AS campaign_id, m.body,
        m.media, m.segments, m.send_after, m.send_at_twilio, m.send_before, m.held_for, m.skip_reason, m.failed_at,
        m.error_code, m.twilio_sid, m.price, m.price_unit, m.created_at, m.updated_at
    FROM messages m
    LEFT JOIN campaign_runs r ON r.id = m.campaign_run_id LEFT JOIN campaigns c ON c.id = r.campaign_id
    WHERE m.organization_id = :organization_id
"""

_LIST = text(f"""{_MESSAGES}
        AND (CAST(:before AS bigint) IS NULL OR m.id < :before)
        AND (CAST(:direction AS text) IS NULL OR m.direction = :direction)
        AND (CAST(:state AS text) IS NULL OR m.state = CAST(:state AS message_state))
        AND (CAST(:contact_id AS bigint) IS NULL OR m.contact_id = :contact_id)
        AND (CAST(:campaign_id AS uuid) IS NULL OR (c.id = :campaign_id AND NOT c.standing))
    ORDER BY m.id DESC
    LIMIT :most
""")

_ONE = text(f"{_MESSAGES} AND m.id = :id")


@dataclass(frozen=True, slots=True)
class ListedMessage:
    """One message; `phone` is the person's number in E.164, `media` the addresses that an outbound one carries."""

    id: int
    direction: str
    state: str
    phone: str
    country: str | None
    our_address: str | None
    channel: str
    message_type: str | None
    topic: str
    contact_id: int | None
    conversation_id: UUID | None
    campaign_id: UUID | None
    body: str | None
    media: list[dict[str, str]] | None
    segments: int | None
    send_after: datetime | None
    send_at_twilio: datetime | None
    send_before: datetime | None
    held_for: str | None
    skip_reason: str | None
    failed_at: str | None
    error_code: int | None
    twilio_sid: str | None
    price: Decimal | None
    price_unit: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """Which messages: those that fit everything that is not None."""

    direction: str | None = None
    state: str | None = None
    contact_id: int | None = None
    campaign_id: UUID | None = None


async def messages_page(
    connection: AsyncConnection, wanted: MessageFilter, *, organization_id: UUID, before: int | None, most: int
) -> Sequence[ListedMessage]:
    """The organization's messages that fit, newest first, from below the id `before`."""
    asked = {
        "organization_id": organization_id,
        "direction": wanted.direction,
        "state": wanted.state,
        "contact_id": wanted.contact_id,
        "campaign_id": wanted.campaign_id,
        "before": before,
        "most": most,
    }
    return [ListedMessage(**row) for row in (await connection.execute(_LIST, asked)).mappings()]


async def load_message(connection: AsyncConnection, message_id: int, *, organization_id: UUID) -> ListedMessage:
    """One message of the organization. Raises `NoSuchMessage`."""
    asked = {"id": message_id, "organization_id": organization_id}
    row = (await connection.execute(_ONE, asked)).mappings().one_or_none()
    if row is None:
        raise NoSuchMessage("There is no message with this id.")
    return ListedMessage(**row)
