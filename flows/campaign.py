"""The campaign flow: freeze the audience, send it in chunks at the set rate, report."""

from typing import Annotated

from prefect import flow
from prefect.context import get_run_context
from pydantic import Field

from messaging.settings import load_settings
from models.campaigns.tables import ONCE
from tasks.equipment import open_equipment
from tasks.finish import finish_run
from tasks.plan import plan_audience
from tasks.process_guard import arm_parent_death_signal
from tasks.report import publish_report, wait_for_deliveries
from tasks.sending import send_until_done

arm_parent_death_signal()

CampaignName = Annotated[
    str,
    Field(
        title="Campaign",
        description="The id that `tidings campaign create` printed, or the campaign's name if no other has it.",
        min_length=1,
    ),
]
Occurrence = Annotated[
    str | None,
    Field(
        title="Occurrence",
        description=(
            "Leave empty to send this campaign once: starting it again then sends only to those not sent to yet. "
            "A label (such as 2027-01) sends to the whole audience once for each label. "
            "Runs made by a schedule get their scheduled time as label."
        ),
    ),
]


@flow(
    name="campaign",
    description="Sends a campaign to everyone in its audience who agreed to it, once, and reports.",
    flow_run_name="{campaign}",
)
async def campaign(campaign: CampaignName, occurrence: Occurrence = None) -> None:
    """Plans, sends and reports one occurrence of a campaign; safe to run again, in parallel and after a crash."""
    async with open_equipment(load_settings()) as equipment:
        run_id = await plan_audience(campaign, occurrence=occurrence or occurrence_of_this_run())
        await send_until_done(equipment, run_id)
        await wait_for_deliveries(equipment, run_id)
        await publish_report(run_id)
        await finish_run(equipment, run_id)


def occurrence_of_this_run() -> str:
    """The scheduled time of a run that a schedule made; any other run is the campaign's one occurrence."""
    flow_run = getattr(get_run_context(), "flow_run", None)
    if flow_run is None or not flow_run.auto_scheduled or flow_run.expected_start_time is None:
        return ONCE
    return str(flow_run.expected_start_time.isoformat())
