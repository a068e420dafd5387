"""One campaign of the demo, from its file to its report, with people answering meanwhile."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from api.prefect_runs import FlowRun, read_run
from cli.campaign_files import store_file
from cli.campaign_preview import show_preview
from cli.campaign_run import Wanted
from cli.campaign_start import NotAllSent, follow_campaign, start_campaign
from cli.database import open_database
from cli.demo.bystanders import say_stop_early, show_replies
from cli.demo.simulator import Heard, Simulator
from cli.output import people
from cli.watching import look
from models.campaigns.report import Report, read_report
from models.campaigns.tables import Campaign
from models.columns import utc_now
from models.organizations import DEFAULT_SLUG

_SETTLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A campaign that was sent: its report once all was settled, its time in seconds of CLOCK_MONOTONIC."""

    report: Report
    began: float
    ended: float
    flow_run: str | None
    page: str
    heard: list[Heard]


def create_and_preview(file: Path) -> Campaign:
    """Stores the campaign of a file and prints what its start would do."""
    campaign = asyncio.run(store_file(file, organization=DEFAULT_SLUG))
    show_preview(Wanted(DEFAULT_SLUG, str(campaign.id)), samples=3, show_numbers=False, as_json=False)
    return campaign


def send(campaign: Campaign, simulator: Simulator, *, agreed: frozenset[str], service_sid: str) -> Sent:
    """Sends a campaign and returns when every message, reply and flow run has come to its end.

    Of those who `agreed` some say STOP before they are written to. Raises what a start does, and `NotAllSent`.
    """
    return asyncio.run(_send(campaign, simulator, agreed=agreed, service_sid=service_sid))


async def _send(campaign: Campaign, simulator: Simulator, *, agreed: frozenset[str], service_sid: str) -> Sent:
    console, over = people(), asyncio.Event()
    before = await asyncio.to_thread(simulator.heard)
    after = before[-1].number if before else 0
    async with open_database(application="demo") as (settings, engine):
        began = time.monotonic()
        started = await start_campaign(settings, engine, Wanted(DEFAULT_SLUG, str(campaign.id)))
        console.print(f"Prefect's run of it: {started.page}")
        flow_run = partial(read_run, settings.prefect_api_url or "", started.flow_run_id)

        async def follow() -> None:
            try:
                ending = await follow_campaign(settings, engine, started, console=console)
            finally:
                over.set()
            if ending.problem is not None:
                raise NotAllSent(ending.problem)

        await asyncio.gather(
            follow(),
            say_stop_early(simulator, agreed=agreed, service_sid=service_sid, over=over),
            show_replies(simulator, console, after=after, over=over),
        )
        ended = time.monotonic()
        with console.status("Waiting for the last delivery reports and replies"):
            state = await _settle(simulator, flow_run)
        report = await _report(engine, campaign)
        heard = await asyncio.to_thread(simulator.heard, after=after)
    return Sent(report, began, ended, state, started.page, heard)


async def _settle(simulator: Simulator, flow_run: Callable[[], Awaitable[FlowRun | None]]) -> str | None:
    """Prefect's last state of the flow run; waits a minute at most for it, and for the simulator to be idle."""
    until = time.monotonic() + _SETTLE_SECONDS
    while True:
        run, idle = await flow_run(), await asyncio.to_thread(simulator.is_idle)
        if (run is not None and run.is_over and idle) or time.monotonic() > until:
            return run.state_type if run else None
        await asyncio.sleep(0.5)


async def _report(engine: AsyncEngine, campaign: Campaign) -> Report:
    run = (await look(engine, campaign.id, occurrence="once")).run
    assert run is not None, "a campaign that was followed to its end has a run"  # noqa: S101
    async with engine.connect() as connection:
        return await read_report(connection, run.id, now=utc_now())
