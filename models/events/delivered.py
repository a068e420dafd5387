"""Writes what became of a batch of deliveries to one subscription, and what that says of the subscription."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import random

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.backoff import GIVE_UP_AFTER, wait_after
from models.events.kinds import EventKind
from models.events.note import note
from models.events.outgoing import Listener

_DELIVERED = text("""
    UPDATE event_deliveries d
    SET state = 'delivered', lease_until = NULL, error = NULL, http_status = a.http_status,
        updated_at = clock_timestamp()
    FROM unnest(CAST(:ids AS bigint[]), CAST(:http_statuses AS smallint[])) AS a(id, http_status)
    WHERE d.id = a.id
""")

_FAILED = text("""
    UPDATE event_deliveries d
    SET state = CASE WHEN d.first_tried_at <= clock_timestamp() - CAST(:give_up_after AS interval)
                     THEN 'given_up' ELSE 'pending' END,
        lease_until = NULL, error = f.error, http_status = f.http_status,
        next_attempt_at = clock_timestamp() + make_interval(secs => f.wait), updated_at = clock_timestamp()
    FROM unnest(CAST(:ids AS bigint[]), CAST(:http_statuses AS smallint[]), CAST(:errors AS text[]),
                CAST(:waits AS float8[])) AS f(id, http_status, error, wait)
    WHERE d.id = f.id AND d.state = 'pending'
""")

_WORKS = text("""
    UPDATE event_subscriptions SET failures = 0, failing_since = NULL, resting_until = NULL, state_reason = NULL
    WHERE id = :id AND failures > 0
""")

_RESTS = text("""
    UPDATE event_subscriptions
    SET failures = failures + 1, failing_since = COALESCE(failing_since, clock_timestamp()),
        resting_until = clock_timestamp() + make_interval(secs => :wait),
        state = CASE WHEN failing_since <= clock_timestamp() - CAST(:give_up_after AS interval)
                     THEN 'failing' ELSE state END,
        state_reason = :reason
    WHERE id = :id AND state = 'active'
    RETURNING state
""")

_GONE = text("""
    UPDATE event_subscriptions SET state = 'disabled', state_reason = :reason
    WHERE id = :id AND state = 'active'
    RETURNING state
""")

GONE = 410
"""The status by which a listener says that it wants no more."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one delivery: `error` is None when it was taken; `retry_after` are seconds, where named."""

    delivery_id: int
    attempts: int
    http_status: int | None = None
    error: str | None = None
    retry_after: float | None = None


async def record_attempts(
    connection: AsyncConnection, listener: Listener, attempts: Sequence[Attempt], *, now: datetime
) -> str | None:
    """Writes a batch; returns the subscription's new state where people must hear of it, which is noted too."""
    taken = [attempt for attempt in attempts if attempt.error is None]
    failed = [attempt for attempt in attempts if attempt.error is not None]
    if taken:
        columns = {
            "ids": [each.delivery_id for each in taken],
            "http_statuses": [each.http_status for each in taken],
        }
        await connection.execute(_DELIVERED, columns)
        await connection.execute(_WORKS, {"id": listener.id})
    if not failed:
        return None
    await connection.execute(_FAILED, _failed_columns(failed))
    state = await _judge(connection, listener, failed, any_taken=bool(taken))
    if state in (None, "active"):
        return None
    subject = {"subscription_id": str(listener.id), "alert": "subscription", "state": state}
    await note(
        connection, organization_id=listener.organization_id, kind=EventKind.ALERT_RAISED, subject=subject, now=now
    )
    return state


async def _judge(
    connection: AsyncConnection, listener: Listener, failed: Sequence[Attempt], *, any_taken: bool
) -> str | None:
    last = failed[-1]
    if any(attempt.http_status == GONE for attempt in failed):
        values: dict[str, object] = {"id": listener.id, "reason": "It answered 410 Gone."}
        return (await connection.execute(_GONE, values)).scalar_one_or_none()
    if any_taken:
        return None
    wait = max(_wait(last, failures=listener.failures + 1), last.retry_after or 0.0)
    values = {"id": listener.id, "reason": last.error, "wait": wait, "give_up_after": GIVE_UP_AFTER}
    return (await connection.execute(_RESTS, values)).scalar_one_or_none()


def _failed_columns(failed: Sequence[Attempt]) -> dict[str, object]:
    return {
        "ids": [each.delivery_id for each in failed],
        "http_statuses": [each.http_status for each in failed],
        "errors": [each.error for each in failed],
        "waits": [_wait(each, failures=each.attempts) for each in failed],
        "give_up_after": GIVE_UP_AFTER,
    }


def _wait(attempt: Attempt, *, failures: int) -> float:
    return max(wait_after(failures, chance=random()), attempt.retry_after or 0.0)  # noqa: S311 (spreads retries)
