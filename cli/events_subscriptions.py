"""Subscriptions made, shown, set going and ended."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar
from uuid import UUID

from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from api.outgoing.addresses import check_address
from cli.database import open_database
from cli.output import people, print_json, results
from messaging.settings import Settings
from models.columns import utc_now
from models.events.subscription_tables import Target
from models.events.subscriptions import (
    SubscriptionLine,
    Wanted,
    list_subscriptions,
    read_kinds,
    resume_subscription,
    subscribe,
    unsubscribe,
)
from models.organizations import find_organization

Result = TypeVar("Result")


def make(
    address: str, *, kinds: Sequence[str], include_content: bool, prefect: bool, organization: str, as_json: bool
) -> None:
    """Prints a new subscription's id and secret. Raises `NoSuchKind`, `BadAddress`, and as `for_organization`."""
    target = Target.PREFECT_DEPLOYMENT if prefect else Target.WEBHOOK
    wanted = Wanted(target=target, address=address, kinds=read_kinds(kinds), include_content=include_content)

    async def work(connection: AsyncConnection, organization_id: UUID, settings: Settings) -> tuple[UUID, str]:
        check_address(target, address, allow_private=settings.tidings_allow_private_webhooks)
        return await subscribe(connection, organization_id, wanted, now=utc_now())

    id_, secret = for_organization(organization, "events subscribe", work)
    if as_json:
        print_json({"id": str(id_), "secret": secret})
        return
    results().print(f"Subscription {id_}")
    if not prefect:
        people().print("The secret is shown only once; the other system verifies signatures with it.")
        results().print(secret)


def show(*, organization: str, as_json: bool) -> None:
    """Prints the organization's subscriptions. Raises as `for_organization`."""

    async def work(connection: AsyncConnection, organization_id: UUID, _: Settings) -> Sequence[SubscriptionLine]:
        return await list_subscriptions(connection, organization_id)

    lines = for_organization(organization, "events list", work)
    if as_json:
        print_json({"subscriptions": [_to_json(line) for line in lines]})
        return
    table = Table()
    table.add_column("Id", no_wrap=True)  # whole on any terminal, to be copied
    for name in ("Told", "Events", "State", "Why", "Pending"):
        table.add_column(name, overflow="fold")
    for line in lines:
        kinds = ", ".join(line.kinds) or "all"
        table.add_row(str(line.id), line.address, kinds, line.state, line.state_reason or "", f"{line.pending:,}")
    results().print(table)


def end(subscription: UUID, *, organization: str, as_json: bool) -> None:
    """Ends one. Raises `NoSuchSubscription`, and as `for_organization`."""

    async def work(connection: AsyncConnection, organization_id: UUID, _: Settings) -> None:
        await unsubscribe(connection, organization_id, subscription)

    for_organization(organization, "events unsubscribe", work)
    _say(subscription, "ended", as_json=as_json)


def set_going(subscription: UUID, *, organization: str, as_json: bool) -> None:
    """Sets one going again. Raises `NoSuchSubscription`, and as `for_organization`."""

    async def work(connection: AsyncConnection, organization_id: UUID, _: Settings) -> None:
        await resume_subscription(connection, organization_id, subscription)

    for_organization(organization, "events resume", work)
    _say(subscription, "active", as_json=as_json)


def for_organization(
    organization: str, command: str, work: Callable[[AsyncConnection, UUID, Settings], Awaitable[Result]]
) -> Result:
    """Does one transaction's work. Raises `NoSuchOrganization`, and what `open_database` and `work` do."""

    async def run() -> Result:
        async with open_database(application=command) as (settings, engine), engine.begin() as connection:
            return await work(connection, (await find_organization(connection, organization)).id, settings)

    return asyncio.run(run())


def _to_json(line: SubscriptionLine) -> dict[str, Any]:
    return {**asdict(line), "id": str(line.id), "created_at": line.created_at.isoformat()}


def _say(subscription: UUID, state: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": str(subscription), "state": state})
        return
    results().print(f"Subscription {subscription} is {state}.")
