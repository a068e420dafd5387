"""`tidings campaign start`: checks what must be right, then starts the flow run that sends."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncEngine

from api.campaign_flow_runs import begin_sending
from api.prefect_runs import read_run
from cli.campaign_run import Wanted
from cli.database import open_database
from cli.output import people, print_json, results
from cli.progress import progress
from cli.report_table import show_report
from cli.watching import Ending, watch
from messaging.errors import SettingsError, TidingsError
from messaging.settings import Settings
from models.campaigns.report import Report, read_report
from models.campaigns.runs import Run
from models.campaigns.starting import Resumed, find_run, make_ready
from models.campaigns.tables import Campaign
from models.columns import utc_now
from models.organizations import find_organization

INTERRUPTED = 130
SWEEPS = 3
"""Sweeps that are waited for: one may be under way, one may fail, one settles."""


class NotAllSent(TidingsError):
    """Messages are left that nobody will send now; the text says why."""


@dataclass(frozen=True, slots=True)
class Started:
    """A flow run that was asked for: when it begins (None: now), and its page in Prefect's UI."""

    campaign: Campaign
    occurrence: str
    flow_run_id: str
    page: str
    begins_at: datetime | None
    resumed: Resumed

    def to_json(self) -> dict[str, Any]:
        """The start for machines."""
        return {
            "id": str(self.campaign.id),
            "name": self.campaign.name,
            "occurrence": self.occurrence,
            "flow_run_id": self.flow_run_id,
            "url": self.page,
            "begins_at": self.begins_at.isoformat() if self.begins_at else None,
            "resumed": bool(self.resumed),
        }


def start_and_follow(wanted: Wanted, *, wait: bool, shards: int, as_json: bool) -> None:
    """Starts the campaign and, when asked to, follows it to its end.

    Raises what `start_campaign` and `open_database` do, and `NotAllSent`.
    """
    started = asyncio.run(_start(wanted, shards=shards))
    tell(people(), started)
    if not wait:
        if as_json:
            print_json(started.to_json())
        return
    try:
        ended, report = asyncio.run(_follow(started))
    except KeyboardInterrupt:
        people().print(
            f"No longer watching; the campaign goes on. See `tidings campaign report {wanted.campaign}`."
        )
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        print_json({**started.to_json(), "report": report.to_json() if report else None})
    elif report is not None:
        show_report(results(), report)
    _exit(ended)


async def start_campaign(settings: Settings, engine: AsyncEngine, wanted: Wanted, *, shards: int = 1) -> Started:
    """Checks the settings, the sender and the run, sets going what a mended fault had paused, starts the flow run.

    Raises `SettingsError`, `NoSuchOrganization`, `NoSuchCampaign`, `NoSender`, `RunCanceled`, `WindowPassed` or
    `PrefectUnavailable`.
    """
    prefect_api_url = require_settings(settings)
    async with engine.begin() as connection:
        campaign, resumed = await make_ready(
            connection,
            wanted.campaign,
            organization_id=(await find_organization(connection, wanted.organization)).id,
            occurrence=wanted.occurrence,
            now=utc_now(),
        )
        run = await find_run(connection, campaign.id, occurrence=wanted.occurrence)
    assert run is not None  # noqa: S101 (make_ready has made it)
    return await begin(prefect_api_url, campaign, run, resumed=resumed, shards=shards)


async def begin(
    prefect_api_url: str, campaign: Campaign, run: Run, *, resumed: Resumed, shards: int = 1
) -> Started:
    """Asks Prefect for a flow run of a campaign that is ready, at its `send_at` or now.

    Raises `PrefectUnavailable`.
    """
    asked = await begin_sending(prefect_api_url, campaign, run, shards=shards)
    return Started(campaign, run.occurrence, asked.id, asked.page, asked.begins_at, resumed)


async def follow_campaign(
    settings: Settings, engine: AsyncEngine, started: Started, *, console: Console
) -> Ending:
    """Shows the run's progress until its end."""
    with progress(console) as show:
        return await watch(
            engine,
            campaign_id=started.campaign.id,
            occurrence=started.occurrence,
            flow_run=partial(read_run, settings.prefect_api_url or "", started.flow_run_id),
            show=show,
            settling_seconds=_settling_seconds(settings),
        )


def _settling_seconds(settings: Settings) -> float:
    """How long the sweep may take with a lost answer: until it is sure that Twilio has no such message."""
    until_sure = settings.tidings_request_seconds + settings.tidings_settle_grace_seconds
    return until_sure + SWEEPS * settings.tidings_sweep_seconds


async def _start(wanted: Wanted, *, shards: int) -> Started:
    async with open_database(application="campaign start") as (settings, engine):
        return await start_campaign(settings, engine, wanted, shards=shards)


async def _follow(started: Started) -> tuple[Ending, Report | None]:
    async with open_database(application="campaign start") as (settings, engine):
        ended = await follow_campaign(settings, engine, started, console=people())
        if ended.last.run is None:
            return ended, None
        async with engine.connect() as connection:
            return ended, await read_report(connection, ended.last.run.id, now=utc_now())


def require_settings(settings: Settings) -> str:
    """The address of Prefect's API, once all else that a start needs is set too."""
    if not settings.has_twilio:
        raise SettingsError(
            "No Twilio account is set and no simulator runs; set Twilio's settings, or start `tidings up`."
        )
    settings.require_reachable_callbacks()
    if settings.prefect_api_url is None:
        raise SettingsError("PREFECT_API_URL is not set and no stack is running; start one with `tidings up`.")
    return settings.prefect_api_url


def tell(console: Console, started: Started) -> None:
    """What a person should know of a start."""
    if started.resumed:
        console.print("What had been paused goes on.")
    if started.begins_at is not None:
        console.print(f'"{started.campaign.name}" begins at {started.begins_at.isoformat()}, its send_at.')
    console.print(f'Flow run {started.flow_run_id} sends "{started.campaign.name}": {started.page}')


def _exit(ended: Ending) -> None:
    if ended.problem is not None:
        raise NotAllSent(ended.problem)
    if ended.exit_status:
        people().print("Of some messages it is not known whether they were sent; they are not sent again blindly.")
        raise typer.Exit(ended.exit_status)
