"""What `tidings alerts` does."""

import asyncio
from collections.abc import Sequence

from cli.database import open_database
from cli.output import print_json, results
from messaging.errors import TidingsError
from models.alerts.listing import AlertLine, count_open, list_alerts
from models.organizations import find_organization


def show_alerts(organization: str | None, *, ended: bool, limit: int, as_json: bool) -> None:
    """Prints alerts, the newest first. Raises `NoSuchOrganization`, and what `open_database` does."""
    found = asyncio.run(_read(organization, ended=ended, limit=limit))
    if as_json:
        print_json({"alerts": [line.to_json() for line in found]})
        return
    if not found:
        results().print("No alerts." if ended else "No alerts are open; --all shows those that have ended.")
        return
    for line in found:
        results().print(_told(line))


def _told(line: AlertLine) -> str:
    """One line, for a terminal of any width."""
    since = line.raised_at.isoformat(timespec="seconds")
    until = f"until {line.ended_at.isoformat(timespec='seconds')}" if line.ended_at else "open"
    about = line.campaign or f"sender {line.sender_id}"
    return f"{since} {until}  {about}: {line.reason}{' The campaign was paused.' if line.paused else ''}"


def count_open_alerts() -> int | None:
    """How many alerts are open, of all organizations; None while the database does not answer."""
    try:
        return asyncio.run(_count())
    except TidingsError:
        return None


async def _count() -> int:
    async with open_database(application="status") as (_, engine), engine.connect() as connection:
        return await count_open(connection)


async def _read(organization: str | None, *, ended: bool, limit: int) -> Sequence[AlertLine]:
    async with open_database(application="alerts") as (_, engine), engine.connect() as connection:
        only = (await find_organization(connection, organization)).id if organization else None
        return await list_alerts(connection, organization_id=only, ended=ended, most=limit)
