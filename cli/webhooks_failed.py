"""`tidings webhooks failed`: what could not be handled, without what is in it."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Column, Table
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.database import open_database
from cli.messages_list import plain
from cli.output import print_json, results
from models.organizations import find_organization
from models.webhook_failures import FailedDelivery, failed_deliveries


def show_failed(*, organization: str | None, limit: int, as_json: bool) -> None:
    """Prints the newest that failed. Raises `NoSuchOrganization`, and what `open_database` does."""
    found = asyncio.run(_read(organization, limit=limit))
    if as_json:
        print_json({"failed": [plain(asdict(one)) for one in found]})
        return
    if not found:
        results().print("Every webhook was handled.")
        return
    table = Table("Id", "Kind", "Received", "Reason", "Tries", "Next try", Column("SID", no_wrap=True))
    for one in found:
        received = one.received_at.isoformat(timespec="seconds")
        again = one.next_try_at.isoformat(timespec="seconds") if one.next_try_at else "never"
        table.add_row(str(one.id), one.kind, received, one.reason, str(one.tries), again, one.sid or "")
    results().print(table)


async def _read(organization: str | None, *, limit: int) -> Sequence[FailedDelivery]:
    async with open_database(application="webhooks failed") as (_, engine):
        return await _of(engine, organization, limit=limit)


async def _of(engine: AsyncEngine, organization: str | None, *, limit: int) -> Sequence[FailedDelivery]:
    async with engine.connect() as connection:
        only = (await find_organization(connection, organization)).id if organization else None
        return await failed_deliveries(connection, organization_id=only, most=limit)
