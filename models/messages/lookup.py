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
        CASE WHEN NOT c.standing THEN c.name END AS campaign, m.claimed_at, m.updated_at
    FROM messages m
    LEFT JOIN campaign_runs r ON r.id = m.campaign_run_id LEFT JOIN campaigns c ON c.id = r.campaign_id
    WHERE m.organization_id = :organization_id AND m.direction = 'outbound'
        AND (CAST(:state AS text) IS NULL OR m.state = CAST(:state AS message_state))
        AND (CAST(:campaign_id AS uuid) IS NULL OR r.campaign_id = :campaign_id)
    ORDER BY m.id DESC
    LIMIT :most
""")

_ONE = text("""
    SELECT m.id, m.phone, m.country, m.state::text AS state, m.channel, m.message_type, m.topic, m.attempt,
        m.tries, m.body, m.media, m.segments, s.address AS sender, m.cause, m.send_after, m.send_at_twilio,
        m.send_before, m.held_for, m.allowed_until, m.claimed_at, m.answered_at, m.lease_until, m.twilio_sid,
        m.skip_reason, m.failed_at, m.error_code, m.http_status, m.request_id, m.created_at, m.updated_at,
        CASE WHEN NOT c.standing THEN c.name END AS campaign,
        CASE WHEN NOT c.standing THEN r.occurrence END AS occurrence
    FROM messages m
    LEFT JOIN campaign_runs r ON r.id = m.campaign_run_id LEFT JOIN campaigns c ON c.id = r.campaign_id
    LEFT JOIN senders s ON s.id = m.sender_id
    WHERE m.id = :id AND m.organization_id = :organization_id AND m.direction = 'outbound'
""")

_EVENTS = text("""
    SELECT twilio_sid, status, error_code, received_at FROM message_events WHERE message_id = :id ORDER BY id
""")

_ATTEMPTS = text("""
    SELECT attempt, sender, outcome, error_code, http_status, request_id, claimed_at, answered_at
    FROM message_attempts WHERE message_id = :id
    UNION ALL
    SELECT m.attempt, s.address, 'accepted', NULL, m.http_status, m.request_id, m.claimed_at,
        m.answered_at
    FROM messages m LEFT JOIN senders s ON s.id = m.sender_id
    WHERE m.id = :id AND m.answered_at IS NOT NULL
    ORDER BY answered_at
""")
"""The accepted request is kept on the message's own row (`models.messages.attempts`)."""

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
    """A message's columns, its requests, the statuses that Twilio reported, how its lost answers were settled."""

    message: dict[str, Any]
    attempts: list[dict[str, Any]]
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
    attempts = (await connection.execute(_ATTEMPTS, {"id": message_id})).mappings()
    settlements = (await connection.execute(_SETTLEMENTS, {"id": message_id})).mappings()
    return MessageStory(
        message=dict(found),
        attempts=[dict(row) for row in attempts],
        events=[dict(row) for row in events],
        settlements=[dict(row) for row in settlements],
    )
