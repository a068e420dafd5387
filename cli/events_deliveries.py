"""Deliveries shown, repeated and tried out."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cli.database import open_database
from cli.events_subscriptions import for_organization
from cli.output import print_json, results
from messaging.errors import TidingsError
from messaging.settings import Settings
from models.columns import utc_now
from models.events.deliveries import DeliveryLine, deliver_test, list_deliveries, redeliver
from models.events.subscription_tables import DeliveryState
from models.events.subscriptions import find_subscription
from models.organizations import find_organization

_PATIENCE = 20.0
_EVERY = 0.2


class NotDelivered(TidingsError):
    """The test event was not taken; the text says why."""


class NoSuchDeliveryState(TidingsError):
    """Deliveries have no such state."""


def show(*, subscription: UUID | None, state: str | None, limit: int, organization: str, as_json: bool) -> None:
    """Prints deliveries. Raises `NoSuchDeliveryState`, and as `for_organization`."""
    if state is not None and state not in set(DeliveryState):
        raise NoSuchDeliveryState(f'There is no state "{state}"; deliveries are {", ".join(DeliveryState)}.')

    async def work(connection: AsyncConnection, organization_id: UUID, _: Settings) -> Sequence[DeliveryLine]:
        return await list_deliveries(
            connection, organization_id, subscription_id=subscription, state=state, most=limit
        )

    lines = for_organization(organization, "events deliveries", work)
    if as_json:
        print_json({"deliveries": [_plain(line) for line in lines]})
        return
    table = Table("Id", "Event", "State", "Attempts", "Status", "Why", "Next attempt")
    for line in lines:
        again = line.next_attempt_at.isoformat(timespec="seconds") if line.next_attempt_at else ""
        status = str(line.http_status or "")
        table.add_row(str(line.id), line.kind, line.state, str(line.attempts), status, line.error or "", again)
    results().print(table)


def again(delivery: int | None, *, subscription: UUID | None, organization: str, as_json: bool) -> None:
    """Delivers again. Raises `NoSuchDelivery`, and as `for_organization`."""

    async def work(connection: AsyncConnection, organization_id: UUID, _: Settings) -> int:
        return await redeliver(connection, organization_id, delivery_id=delivery, subscription_id=subscription)

    count = for_organization(organization, "events redeliver", work)
    if as_json:
        print_json({"redelivered": count})
        return
    results().print(f"{count:,} to be delivered again; `tidings events deliveries` shows what comes of it.")


def try_out(subscription: UUID, *, organization: str, as_json: bool) -> None:
    """Sends a test event and waits for the answer. Raises `NotDelivered`, `NoSuchSubscription`."""
    line = asyncio.run(_try(subscription, organization=organization))
    if line is None:
        raise NotDelivered(
            f"Nothing was delivered within {_PATIENCE:.0f} s; the API delivers, see `tidings status`, "
            "and only to subscriptions that are active, see `tidings events list`."
        )
    if line.error is not None:
        raise NotDelivered(f"The test event was not taken: {line.error} It will be tried again.")
    if as_json:
        print_json(_plain(line))
        return
    results().print(f"Delivered{f', answered {line.http_status}' if line.http_status else ''}.")


async def _try(subscription: UUID, *, organization: str) -> DeliveryLine | None:
    async with open_database(application="events test") as (_, engine):
        async with engine.begin() as connection:
            organization_id = (await find_organization(connection, organization)).id
            await find_subscription(connection, organization_id, subscription)
            id_ = await deliver_test(connection, organization_id, subscription, now=utc_now())
        return await _outcome(engine, organization_id, id_)


async def _outcome(engine: AsyncEngine, organization_id: UUID, id_: int) -> DeliveryLine | None:
    until = monotonic() + _PATIENCE
    while monotonic() < until:
        async with engine.connect() as connection:
            (line,) = await list_deliveries(connection, organization_id, delivery_id=id_)
        if line.state != DeliveryState.PENDING or line.error is not None:
            return line
        await asyncio.sleep(_EVERY)
    return None


def _plain(line: DeliveryLine) -> dict[str, Any]:
    plain = {**asdict(line), "subscription_id": str(line.subscription_id)}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in plain.items()}
