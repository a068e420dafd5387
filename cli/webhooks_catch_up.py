"""`tidings webhooks catch-up`: asks Twilio what people wrote, now instead of at the next sweep."""

import asyncio
import sys

import structlog
import typer

from cli.database import stack_settings
from cli.moments import read_moment
from cli.output import people, print_json, results
from messaging.business_time import real_instant
from models.columns import utc_now
from models.organizations import find_organization
from tasks.catching_up import CatchUpTally, catch_up
from tasks.equipment import open_equipment


def catch_up_now(*, since: str | None, organization: str | None, as_json: bool) -> None:
    """Runs one pass and prints its counts; exit status 1 when something could not be compared.

    Raises `NoSuchOrganization`, `SettingsError` and `StackNotRunning`.
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with people().status("Asking Twilio what people wrote …"):
        tally = asyncio.run(_catch_up(since, organization))
    if as_json:
        print_json(tally.to_json())
    else:
        results().print(_told(tally))
    for problem in tally.problems:
        people().print(problem)
    if tally.problems:
        raise typer.Exit(1)


async def _catch_up(since: str | None, organization: str | None) -> CatchUpTally:
    settings = stack_settings()
    now = utc_now()
    start = read_moment(since, now=now) if since else now
    async with open_equipment(settings, needs_callbacks=False) as tools:
        async with tools.engine.connect() as connection:
            only = (await find_organization(connection, organization)).id if organization else None
        return await catch_up(tools, since=real_instant(start), organization_id=only)


def _told(tally: CatchUpTally) -> str:
    if tally.busy:
        return "Another process compares at this moment; nothing to do."
    counts = {"missed": tally.missed, **{fate.value: count for fate, count in sorted(tally.fates.items())}}
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count or what == "missed")
    return f"{told}."
