"""Turns the stream into deliveries, one for each event that a subscription wants, and says which are due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.reading import Published

_FAN_OUT = text("""
    WITH listeners AS (
        SELECT id, organization_id, position, kinds FROM event_subscriptions s
        WHERE state = 'active' AND EXISTS (
            SELECT FROM events e WHERE e.organization_id = s.organization_id AND e.position > s.position)
        FOR UPDATE SKIP LOCKED
    ),
    news AS MATERIALIZED (
        SELECT l.id AS subscription_id, l.organization_id, l.kinds, e.id AS event_id, e.position, e.kind
        FROM listeners l CROSS JOIN LATERAL (
            SELECT id, position, kind FROM events
            WHERE organization_id = l.organization_id AND position > l.position
            ORDER BY position LIMIT :most) AS e
    ),
    made AS (
        INSERT INTO event_deliveries
            (organization_id, subscription_id, event_id, next_attempt_at, created_at, updated_at)
        SELECT organization_id, subscription_id, event_id, clock_timestamp(), clock_timestamp(), clock_timestamp()
        FROM news
        WHERE kind <> 'test' AND (kinds = '{}' OR kind = ANY(kinds))
        ORDER BY position
        ON CONFLICT (subscription_id, event_id) DO NOTHING
    )
    UPDATE event_subscriptions s SET position = reached.position
    FROM (SELECT subscription_id, max(position) AS position FROM news GROUP BY subscription_id) AS reached
    WHERE s.id = reached.subscription_id
    RETURNING s.id
""")

_DUE = text("""
    SELECT id, organization_id, target, address, secret, include_content, failures FROM event_subscriptions s
    WHERE state = 'active' AND (resting_until IS NULL OR resting_until <= clock_timestamp()) AND EXISTS (
        SELECT FROM event_deliveries d
        WHERE d.subscription_id = s.id AND d.state = 'pending' AND d.next_attempt_at <= clock_timestamp()
            AND (d.lease_until IS NULL OR d.lease_until <= clock_timestamp()))
""")

_CLAIM = text("""
    WITH due AS (
        SELECT d.id FROM event_deliveries d
        WHERE d.subscription_id = :subscription_id AND d.state = 'pending'
            AND d.next_attempt_at <= clock_timestamp()
            AND (d.lease_until IS NULL OR d.lease_until <= clock_timestamp())
        ORDER BY d.next_attempt_at, d.id LIMIT :most
        FOR UPDATE SKIP LOCKED
    ),
    claimed AS (
        UPDATE event_deliveries d
        SET lease_until = clock_timestamp() + make_interval(secs => :lease), attempts = attempts + 1,
            first_tried_at = COALESCE(first_tried_at, clock_timestamp()), updated_at = clock_timestamp()
        WHERE d.id = ANY(ARRAY(SELECT id FROM due))
        RETURNING d.id, d.event_id, d.attempts
    )
    SELECT c.id AS delivery_id, c.attempts, e.id, e.position, e.organization_id, e.kind, e.version, e.subject,
        e.created_at
    FROM claimed c JOIN events e ON e.id = c.event_id ORDER BY e.position
""")

_CONTENT = text("""
    SELECT id, direction, channel, phone, our_address, body, media FROM messages
    WHERE organization_id = :organization_id AND id = ANY(CAST(:ids AS bigint[]))
""")


@dataclass(frozen=True, slots=True)
class Listener:
    """An active subscription with something due; after `failures` in a row it is tried with one delivery."""

    id: UUID
    organization_id: UUID
    target: str
    address: str
    secret: str
    include_content: bool
    failures: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours until its lease ends: the event, and which attempt this is."""

    id: int
    attempts: int
    event: Published


async def fan_out(connection: AsyncConnection, *, most: int = 1_000) -> int:
    """Makes deliveries of what was published since; returns how many subscriptions moved on.

    Subscription and deliveries move in one transaction, so a crash neither loses an event nor makes it twice.
    """
    return len((await connection.execute(_FAN_OUT, {"most": most})).all())


async def listeners_due(connection: AsyncConnection) -> Sequence[Listener]:
    """The subscriptions that something can be delivered to now."""
    return [Listener(**row) for row in (await connection.execute(_DUE)).mappings()]


async def claim_deliveries(
    connection: AsyncConnection, subscription_id: UUID, *, most: int, lease: float
) -> Sequence[Claimed]:
    """Takes the next due deliveries for `lease` seconds; whoever dies with them leaves them to the next."""
    values = {"subscription_id": subscription_id, "most": most, "lease": lease}
    rows = (await connection.execute(_CLAIM, values)).mappings()
    return [
        Claimed(row["delivery_id"], row["attempts"], Published(**{name: row[name] for name in _EVENT}))
        for row in rows
    ]


_EVENT = ("id", "position", "organization_id", "kind", "version", "subject", "created_at")


async def content_of(connection: AsyncConnection, events: Sequence[Published]) -> Mapping[int, dict[str, Any]]:
    """What the messages of some events of one organization say, by message id, as they are now."""
    ids = [event.subject["message_id"] for event in events if "message_id" in event.subject]
    if not ids:
        return {}
    values = {"organization_id": events[0].organization_id, "ids": ids}
    return {row["id"]: _content(row) for row in (await connection.execute(_CONTENT, values)).mappings()}


def _content(row: Any) -> dict[str, Any]:
    theirs, ours = row["phone"], row["our_address"]
    inbound = row["direction"] == "inbound"
    return {
        "from": theirs if inbound else ours,
        "to": ours if inbound else theirs,
        "channel": row["channel"],
        "body": row["body"],
        "media": row["media"] or [],
    }
