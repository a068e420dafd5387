"""`tidings campaign report`: what became of everyone in the audience."""

import asyncio
from pathlib import Path

from cli.campaign_run import Wanted, run_of
from cli.database import open_database
from cli.output import print_json, results
from cli.report_table import show_report, write_csv
from models.campaigns.report import Report, read_report
from models.columns import utc_now


def show_campaign_report(wanted: Wanted, *, csv: Path | None, as_json: bool) -> None:
    """Prints the report. Raises `NoSuchCampaign`, `NoRunYet`, `UnwritableFile`, and what `open_database` does."""
    report = asyncio.run(_read(wanted))
    if csv is not None:
        write_csv(report, csv)
    if as_json:
        print_json(report.to_json())
        return
    show_report(results(), report)


async def _read(wanted: Wanted) -> Report:
    async with open_database(application="campaign report") as (_, engine), engine.connect() as connection:
        _, run = await run_of(connection, wanted)
        return await read_report(connection, run.id, now=utc_now())
