"""Messages out, for people who look: the newest that fit, or one with everything that is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from messaging.statuses import MessageState

_LIST = text("""
    SELECT m.id, m.phone, m.state::text AS state, m.attempt, m.skip_reason, m.error_code, m.twilio_sid,
        c.name AS campaign, m.claimed_at, m.updated_at
    FROM messages m
    LEFT JOIN campaign_runs r ON r.id = m.campaign_run_id LEFT JOIN campaigns c ON c.id = r.campaign_id
    WHERE m.organization_id = :organization_id AND m.direction = 'outbound'
        AND (CAST(:state AS text) IS NULL OR m.state = CAST(:state AS message_state))
        AND (CAST(:campaign_id AS uuid) IS NULL OR r.campaign_id = :campaign_id)
    ORDER BY m.id DESC
    LIMIT :most
""")

_ONE = text("""
    SELECT m.id, m.phone, m.country, m.state::text AS state, m.channel, m.message_type, m.attempt, m.tries,
        m.body, m.segments, m.send_after, m.send_before, m.claimed_at, m.lease_until, m.twilio_sid,
        m.skip_reason, m.failed_at, m.error_code, m.http_status, m.request_id, m.created_at, m.updated_at,
        c.name AS campaign, r.occurrence
    FROM messages m
    LEFT JOIN campaign_runs r ON r.id = m.campaign_run_id LEFT JOIN campaigns c ON c.id = r.campaign_id
    WHERE m.id = :id AND m.organization_id = :organization_id AND m.direction = 'outbound'
""")

_EVENTS = text("""
    SELECT twilio_sid, status, error_code, received_at FROM message_events WHERE message_id = :id ORDER BY id
""")

_SETTLEMENTS = text("""
    SELECT verdict, evidence, looked_at, look_again_at, decided_by FROM settlements
    WHERE message_id = :id ORDER BY looked_at
""")


class NoSuchMessage(TidingsError):
    """No outbound message has this id."""


class NoSuchState(TidingsError):
    """A message is never in such a state."""


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message of a list."""

    id: int
    phone: str
    state: str
    attempt: int
    skip_reason: str | None
    error_code: int | None
    twilio_sid: str | None
    campaign: str | None
    claimed_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class MessageStory:
    """A message's columns, the statuses that Twilio reported of it, and how its lost answers were settled."""

    message: dict[str, Any]
    events: list[dict[str, Any]]
    settlements: list[dict[str, Any]]


async def list_messages(
    connection: AsyncConnection, *, organization_id: UUID, state: str | None, campaign_id: UUID | None, most: int
) -> Sequence[MessageLine]:
    """The organization's newest outbound messages in a state, of a campaign, or both. Raises `NoSuchState`."""
    if state is not None and state not in set(MessageState):
        raise NoSuchState(f'No message is ever "{state}"; the states are {", ".join(MessageState)}.')
    asked = {"organization_id": organization_id, "state": state, "campaign_id": campaign_id, "most": most}
    rows = await connection.execute(_LIST, asked)
    return [MessageLine(**row) for row in rows.mappings()]


async def read_message(connection: AsyncConnection, message_id: int, *, organization_id: UUID) -> MessageStory:
    """Everything that is known of one message of the organization. Raises `NoSuchMessage`."""
    asked = {"id": message_id, "organization_id": organization_id}
    found = (await connection.execute(_ONE, asked)).mappings().one_or_none()
    if found is None:
        raise NoSuchMessage(f"There is no outbound message {message_id}; see `tidings messages list`.")
    events = (await connection.execute(_EVENTS, {"id": message_id})).mappings()
    settlements = (await connection.execute(_SETTLEMENTS, {"id": message_id})).mappings()
    return MessageStory(dict(found), [dict(row) for row in events], [dict(row) for row in settlements])
