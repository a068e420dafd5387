"""The first step of a campaign: its run is made, and its audience frozen into message rows."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from models.campaigns.plan import plan
from models.campaigns.runs import Run, ensure_run
from models.campaigns.store import find_ordered
from models.campaigns.tables import Campaign
from tasks.cancellation import pause_if_a_person_canceled
from tasks.equipment import Equipment, equipment
from tasks.stopping import until_told_to_stop


@task(name="plan audience", task_run_name="plan audience", cache_policy=NO_CACHE)
async def plan_audience(campaign: str, *, organization: str, occurrence: str) -> UUID:
    """Plans the occurrence of a campaign, given by id or by its name within an organization; returns its run's id.

    Planning again is harmless: the audience of a run stays as it was frozen first. Raises `TidingsError` when
    there is no such campaign or organization, or no sender for its kind.
    """
    tools = equipment()
    async with tools.engine.begin() as connection:
        found = await find_ordered(connection, campaign, organization=organization)
        run = await ensure_run(connection, found, occurrence=occurrence, now=tools.clock())
    # From here on the sweep finds a run that was killed, and a person's cancel finds one to pause.
    canceled = partial(pause_if_a_person_canceled, tools, run.id)
    written = await until_told_to_stop(_freeze(tools, found, run), when_told=canceled)
    told = "is not planned again" if written is None else f"planned for {written:,} people"
    get_run_logger().info("Run %s of campaign %s %s.", run.id, found.name, told)
    return run.id


async def _freeze(tools: Equipment, campaign: Campaign, run: Run) -> int | None:
    window = timedelta(hours=tools.settings.tidings_campaign_window_hours)
    async with tools.engine.begin() as connection:
        return await plan(
            connection,
            campaign,
            run,
            now=tools.clock(),
            window=window,
            keeps_hours=tools.settings.tidings_quiet_hours,
        )
