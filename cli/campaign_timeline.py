"""`tidings campaign timeline`: what happened to a run, when, why and by whose hand."""

import asyncio

from cli.campaign_run import Wanted, run_of
from cli.database import open_database
from cli.output import print_json, results
from cli.timeline_table import show_timeline
from models.campaigns.timeline import Event, read_timeline


def show_campaign_timeline(wanted: Wanted, *, as_json: bool) -> None:
    """Prints every entry. Raises `NoSuchCampaign`, `NoRunYet`, and what `open_database` does."""
    events = asyncio.run(_read(wanted))
    if as_json:
        print_json({"timeline": [event.to_json() for event in events]})
        return
    show_timeline(results(), events)


async def _read(wanted: Wanted) -> list[Event]:
    async with open_database(application="campaign timeline") as (_, engine), engine.connect() as connection:
        _, run = await run_of(connection, wanted)
        return await read_timeline(connection, run.id)
