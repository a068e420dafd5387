"""`tidings campaign pause`, `resume`, `cancel` and `rate`: a person's hand on a run."""

import asyncio
import math
import sys
from typing import Any

import typer

from cli.campaign_run import Wanted, run_of
from cli.campaign_start import Started, begin, require_settings, tell
from cli.database import open_database
from cli.output import people, print_json, results
from messaging.errors import TidingsError
from models.campaigns import control
from models.campaigns.control import Rate
from models.campaigns.counts import count_states
from models.campaigns.runs import Run, load_run
from models.campaigns.tables import Campaign
from models.columns import utc_now

SENDERS_OWN = "sender"


class NotARate(TidingsError):
    """The rate is neither a number above 0 nor "sender"."""


def pause_campaign(wanted: Wanted, *, reason: str | None, as_json: bool) -> None:
    """Pauses a run. Raises `NoSuchCampaign`, `NoRunYet`, `WrongState`, and what `open_database` does."""
    campaign, run = asyncio.run(_pause(wanted, reason or "paused by a person"))
    if as_json:
        print_json(_to_json(campaign, run))
        return
    results().print(f'"{campaign.name}" is paused; `tidings campaign resume {campaign.id}` goes on with it.')


def resume_campaign(wanted: Wanted, *, reason: str | None, as_json: bool) -> None:
    """Resumes a run and starts a flow run for it. Raises what `pause_campaign` and `start_campaign` do."""
    run, started = asyncio.run(_resume(wanted, reason))
    if as_json:
        print_json({**started.to_json(), "state": run.state.value})
        return
    tell(people(), started)


def cancel_campaign(wanted: Wanted, *, reason: str | None, yes: bool, as_json: bool) -> None:
    """Cancels a run, after a question when a person sits at the terminal. Raises what `pause_campaign` does."""
    if not yes and sys.stdin.isatty():
        _ask(wanted)
    campaign, run, canceled = asyncio.run(_cancel(wanted, reason or "canceled by a person"))
    if as_json:
        print_json({**_to_json(campaign, run), "messages_canceled": canceled})
        return
    results().print(f'"{campaign.name}" is canceled; {canceled:,} messages are not sent.')


def change_campaign_rate(wanted: Wanted, rate: str, *, as_json: bool) -> None:
    """Changes the rate. Raises `NotARate`, and what `pause_campaign` does."""
    asked = _rate(rate)
    campaign, run, now = asyncio.run(_change_rate(wanted, asked))
    if as_json:
        rates = {"rate": now.own, "sender_rate": now.sender, "effective_rate": now.effective}
        print_json({**_to_json(campaign, run), **rates})
        return
    bound = ", its sender's rate" if now.own is None or now.sender < now.own else ""
    results().print(f'"{campaign.name}" is sent at {now.effective:g} segments a second{bound}.')


async def _pause(wanted: Wanted, reason: str) -> tuple[Campaign, Run]:
    async with open_database(application="campaign pause") as (_, engine), engine.begin() as connection:
        campaign, run = await run_of(connection, wanted)
        return campaign, await control.pause(connection, run, reason=reason, now=utc_now())


async def _resume(wanted: Wanted, reason: str | None) -> tuple[Run, Started]:
    """Starts a flow run in any case: the one before ended when it saw the pause, and two do no harm."""
    async with open_database(application="campaign resume") as (settings, engine):
        prefect_api_url = require_settings(settings)
        async with engine.begin() as connection:
            campaign, run = await run_of(connection, wanted)
            resumed = await control.resume(connection, run, reason=reason, now=utc_now())
            run = await load_run(connection, run.id)
        return run, await begin(prefect_api_url, campaign, run, resumed=resumed)


async def _cancel(wanted: Wanted, reason: str) -> tuple[Campaign, Run, int]:
    """The word first, and committed: closing a million rows takes seconds, in which nothing more may leave."""
    async with open_database(application="campaign cancel") as (_, engine):
        async with engine.begin() as connection:
            campaign, run = await run_of(connection, wanted)
            run = await control.cancel(connection, run, reason=reason, now=utc_now())
        async with engine.begin() as connection:
            return campaign, run, await control.cancel_planned(connection, run.id, now=utc_now())


def _ask(wanted: Wanted) -> None:
    name, left = asyncio.run(_left(wanted))
    if not typer.confirm(f'Cancel "{name}" for good, with {left:,} messages not sent yet?', err=True):
        people().print("Nothing was canceled.")
        raise typer.Exit(1)


async def _left(wanted: Wanted) -> tuple[str, int]:
    async with open_database(application="campaign cancel") as (_, engine), engine.connect() as connection:
        campaign, run = await run_of(connection, wanted)
        return campaign.name, (await count_states(connection, run.id))["planned"]


async def _change_rate(wanted: Wanted, rate: float | None) -> tuple[Campaign, Run, Rate]:
    async with open_database(application="campaign rate") as (_, engine), engine.begin() as connection:
        campaign, run = await run_of(connection, wanted)
        return campaign, run, await control.change_rate(connection, run, rate, now=utc_now())


def _rate(written: str) -> float | None:
    if written == SENDERS_OWN:
        return None
    try:
        rate = float(written)
    except ValueError:
        rate = math.nan
    if not (math.isfinite(rate) and rate > 0):
        raise NotARate(
            f'"{written}" is not a rate; give SMS segments a second above 0, or "{SENDERS_OWN}" for its sender\'s.'
        )
    return rate


def _to_json(campaign: Campaign, run: Run) -> dict[str, Any]:
    return {
        "id": str(campaign.id),
        "name": campaign.name,
        "occurrence": run.occurrence,
        "state": run.state.value,
        "reason": run.state_reason,
    }
