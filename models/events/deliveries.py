"""Deliveries listed, sent once more, and a test one made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.events.kinds import EventKind

_LIST = text("""
    SELECT d.id, d.subscription_id, d.event_id, e.kind, d.state, d.attempts, d.http_status, d.error,
        CASE WHEN d.state = 'pending' THEN d.next_attempt_at END AS next_attempt_at, d.created_at, d.updated_at
    FROM event_deliveries d JOIN events e ON e.id = d.event_id
    WHERE d.organization_id = :organization_id
        AND (CAST(:subscription_id AS uuid) IS NULL OR d.subscription_id = :subscription_id)
        AND (CAST(:state AS text) IS NULL OR d.state = :state)
        AND (CAST(:id AS bigint) IS NULL OR d.id = :id)
    ORDER BY d.id DESC LIMIT :most
""")

_AGAIN = text("""
    UPDATE event_deliveries
    SET state = 'pending', attempts = 0, first_tried_at = NULL, next_attempt_at = clock_timestamp(),
        lease_until = NULL, error = NULL, http_status = NULL, updated_at = clock_timestamp()
    WHERE organization_id = :organization_id
        AND (CAST(:subscription_id AS uuid) IS NULL OR subscription_id = :subscription_id)
        AND CASE WHEN CAST(:delivery_id AS bigint) IS NULL THEN state = 'given_up' ELSE id = :delivery_id END
""")

_TEST = text("""
    WITH event AS (
        INSERT INTO events (organization_id, kind, subject, created_at)
        SELECT organization_id, :kind, jsonb_build_object('subscription_id', id), :now
        FROM event_subscriptions WHERE id = :subscription_id AND organization_id = :organization_id
        RETURNING id
    )
    INSERT INTO event_deliveries
        (organization_id, subscription_id, event_id, next_attempt_at, created_at, updated_at)
    SELECT :organization_id, :subscription_id, id, clock_timestamp(), clock_timestamp(), clock_timestamp()
    FROM event
    RETURNING id
""")

_WAKE = text("UPDATE event_subscriptions SET resting_until = NULL WHERE id = :id AND state = 'active'")


class NoSuchDelivery(TidingsError):
    """The organization has no delivery of this id, or none that could be sent again."""


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One event on its way to one subscription, as people see it."""

    id: int
    subscription_id: UUID
    event_id: int
    kind: str
    state: str
    attempts: int
    http_status: int | None
    error: str | None
    next_attempt_at: datetime | None
    created_at: datetime
    updated_at: datetime


async def list_deliveries(
    connection: AsyncConnection,
    organization_id: UUID,
    *,
    subscription_id: UUID | None = None,
    state: str | None = None,
    delivery_id: int | None = None,
    most: int = 50,
) -> Sequence[DeliveryLine]:
    """The organization's newest deliveries that fit."""
    values = {
        "organization_id": organization_id,
        "subscription_id": subscription_id,
        "state": state,
        "id": delivery_id,
        "most": most,
    }
    return [DeliveryLine(**row) for row in (await connection.execute(_LIST, values)).mappings()]


async def redeliver(
    connection: AsyncConnection,
    organization_id: UUID,
    *,
    delivery_id: int | None = None,
    subscription_id: UUID | None = None,
) -> int:
    """Sends one delivery again, or all that were given up; returns how many. Raises `NoSuchDelivery`.

    The event keeps its id, so a listener that had it already can tell.
    """
    values = {
        "organization_id": organization_id,
        "delivery_id": delivery_id,
        "subscription_id": subscription_id,
    }
    again = (await connection.execute(_AGAIN, values)).rowcount
    if not again:
        raise NoSuchDelivery("There is nothing to deliver again; `tidings events deliveries` shows what there is.")
    return again


async def deliver_test(
    connection: AsyncConnection, organization_id: UUID, subscription_id: UUID, *, now: datetime
) -> int:
    """Has an event of kind `test` delivered to one subscription at once; returns the delivery's id.

    The subscription exists: see `subscriptions.find_subscription`.
    """
    values = {
        "organization_id": organization_id,
        "subscription_id": subscription_id,
        "kind": EventKind.TEST.value,
        "now": now,
    }
    delivery_id = int((await connection.execute(_TEST, values)).scalar_one())
    await connection.execute(_WAKE, {"id": subscription_id})
    return delivery_id
