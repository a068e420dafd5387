"""`tidings campaign report`: what became of everyone in the audience."""

import asyncio
from pathlib import Path

from cli.database import open_database
from cli.output import print_json, results
from cli.report_table import show_report, write_csv
from messaging.errors import TidingsError
from models.campaigns.report import Report, read_report
from models.campaigns.starting import find_run
from models.campaigns.store import find_campaign
from models.columns import utc_now


class NoRunYet(TidingsError):
    """The campaign was not started, or not under this label."""


def show_campaign_report(reference: str, *, occurrence: str, csv: Path | None, as_json: bool) -> None:
    """Prints the report. Raises `NoSuchCampaign`, `NoRunYet`, `UnwritableFile`, and what `open_database` does."""
    report = asyncio.run(_read(reference, occurrence))
    if csv is not None:
        write_csv(report, csv)
    if as_json:
        print_json(report.to_json())
        return
    show_report(results(), report)


async def _read(reference: str, occurrence: str) -> Report:
    async with open_database(application="campaign report") as (_, engine), engine.connect() as connection:
        campaign = await find_campaign(connection, reference)
        run = await find_run(connection, campaign.id, occurrence=occurrence)
        if run is None:
            raise NoRunYet(
                f'"{campaign.name}" has no run "{occurrence}" yet; start it with '
                f"`tidings campaign start {campaign.id}`."
            )
        return await read_report(connection, run.id, now=utc_now())
