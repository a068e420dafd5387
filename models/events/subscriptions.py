"""Subscriptions made, listed, set going again and ended."""

import base64
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.errors import TidingsError
from models.columns import new_id
from models.events.kinds import EventKind
from models.events.reading import head
from models.events.subscription_tables import Target

SECRET_PREFIX = "whsec_"  # noqa: S105 (what stands before every secret)
_SECRET_BYTES = 32
MOST = 100
"""Subscriptions of one organization."""

_INSERT = text("""
    INSERT INTO event_subscriptions
        (id, organization_id, target, address, kinds, include_content, secret, position, created_at)
    VALUES (:id, :organization_id, :target, :address, :kinds, :include_content, :secret, :position, :now)
""")

_COUNT = text("SELECT count(*) FROM event_subscriptions WHERE organization_id = :organization_id")

_LIST = text("""
    SELECT s.id, s.target, s.address, s.kinds, s.include_content, s.state, s.state_reason, s.created_at,
        (SELECT count(*) FROM event_deliveries d WHERE d.subscription_id = s.id AND d.state = 'pending') AS pending
    FROM event_subscriptions s WHERE s.organization_id = :organization_id
        AND (CAST(:id AS uuid) IS NULL OR s.id = :id)
    ORDER BY s.id
""")

_DELETE = text("DELETE FROM event_subscriptions WHERE id = :id AND organization_id = :organization_id")

_RESUME = text("""
    UPDATE event_subscriptions
    SET state = 'active', state_reason = NULL, failures = 0, failing_since = NULL, resting_until = NULL
    WHERE id = :id AND organization_id = :organization_id
""")

_RETRY_NOW = text("""
    UPDATE event_deliveries SET next_attempt_at = clock_timestamp(), first_tried_at = NULL
    WHERE subscription_id = :id AND state = 'pending'
""")


class NoSuchSubscription(TidingsError):
    """The organization has no subscription of this id."""


class TooManySubscriptions(TidingsError):
    """The organization has as many as one may have."""


class NoSuchKind(TidingsError):
    """There is no event of this kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a new subscription is to be; no `kinds` are all of them."""

    target: Target
    address: str
    kinds: Sequence[EventKind] = ()
    include_content: bool = False


@dataclass(frozen=True, slots=True)
class SubscriptionLine:
    """A subscription as people see it, without its secret; `pending` events are still to be delivered."""

    id: UUID
    target: str
    address: str
    kinds: Sequence[str]
    include_content: bool
    state: str
    state_reason: str | None
    created_at: datetime
    pending: int


def read_kinds(names: Iterable[str]) -> list[EventKind]:
    """The kinds of these names, each once. Raises `NoSuchKind`."""
    kinds: dict[EventKind, None] = {}
    for name in names:
        if name not in set(EventKind):
            raise NoSuchKind(f'There is no event "{name}"; the events are {", ".join(EventKind)}.')
        kinds[EventKind(name)] = None
    return list(kinds)


def new_secret() -> str:
    """A signing secret as https://www.standardwebhooks.com has them: `whsec_` and 32 random bytes in Base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


async def subscribe(
    connection: AsyncConnection, organization_id: UUID, wanted: Wanted, *, now: datetime
) -> tuple[UUID, str]:
    """Makes a subscription to what happens from now on; returns its id and the secret, which lists never show.

    Raises `TooManySubscriptions`.
    """
    count = (await connection.execute(_COUNT, {"organization_id": organization_id})).scalar_one()
    if count >= MOST:
        raise TooManySubscriptions(f"There are {MOST} subscriptions already; end one that is not needed any more.")
    id_, secret = new_id(), new_secret()
    values = {
        "id": id_,
        "organization_id": organization_id,
        "target": wanted.target.value,
        "address": wanted.address,
        "kinds": [kind.value for kind in wanted.kinds],
        "include_content": wanted.include_content,
        "secret": secret,
        "position": await head(connection, organization_id),
        "now": now,
    }
    await connection.execute(_INSERT, values)
    return id_, secret


async def list_subscriptions(connection: AsyncConnection, organization_id: UUID) -> Sequence[SubscriptionLine]:
    """The organization's subscriptions, oldest first."""
    rows = await connection.execute(_LIST, {"organization_id": organization_id, "id": None})
    return [SubscriptionLine(**row) for row in rows.mappings()]


async def find_subscription(connection: AsyncConnection, organization_id: UUID, id_: UUID) -> SubscriptionLine:
    """One of the organization's subscriptions. Raises `NoSuchSubscription`."""
    rows = await connection.execute(_LIST, {"organization_id": organization_id, "id": id_})
    row = rows.mappings().one_or_none()
    if row is None:
        raise _missing(id_)
    return SubscriptionLine(**row)


async def unsubscribe(connection: AsyncConnection, organization_id: UUID, id_: UUID) -> None:
    """Ends a subscription, with what was still to be delivered. Raises `NoSuchSubscription`."""
    deleted = await connection.execute(_DELETE, {"id": id_, "organization_id": organization_id})
    if not deleted.rowcount:
        raise _missing(id_)


async def resume_subscription(connection: AsyncConnection, organization_id: UUID, id_: UUID) -> None:
    """Sets a failing or disabled one going, from where it stopped, as far as events are kept.

    Raises `NoSuchSubscription`.
    """
    if not (await connection.execute(_RESUME, {"id": id_, "organization_id": organization_id})).rowcount:
        raise _missing(id_)
    await connection.execute(_RETRY_NOW, {"id": id_})


def _missing(id_: UUID) -> NoSuchSubscription:
    return NoSuchSubscription(f"There is no subscription {id_}; `tidings events list` shows those there are.")
