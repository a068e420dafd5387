"""The campaign flow: freeze the audience, send it in chunks at the set rate, report."""

from prefect import flow
from prefect.context import get_run_context
from pydantic import BaseModel, Field

from messaging.settings import load_settings
from models.campaigns.tables import ONCE
from models.organizations import DEFAULT_SLUG
from tasks.alerts import tend_alerts
from tasks.equipment import open_equipment
from tasks.finish import finish_run
from tasks.plan import plan_audience
from tasks.process_guard import arm_parent_death_signal
from tasks.report import publish_report, wait_for_deliveries
from tasks.shards import send_with_others, start_shards
from tasks.spans import flow_span
from tasks.working import working_on

arm_parent_death_signal()

MOST_SHARDS = 32


class CampaignOrder(BaseModel):
    """Which campaign to send, and which occurrence of it."""

    campaign: str = Field(
        title="Campaign",
        description="The id that `tidings campaign create` printed, or the campaign's name if no other has it.",
        min_length=1,
    )
    occurrence: str = Field(
        default="",
        title="Occurrence",
        description=(
            "Leave empty to send this campaign once: starting it again reaches only people not yet reached. "
            "With a label, such as 2027-01, the whole audience is sent to once for each label. "
            "On a schedule, each scheduled time is an occurrence of its own."
        ),
    )
    shards: int = Field(
        default=1,
        title="Flow runs",
        description=(
            "How many flow runs send together, each on whichever worker takes it. One is enough up to some "
            "thousand messages a second; the sender's rate holds for all of them together."
        ),
        ge=1,
        le=MOST_SHARDS,
    )
    organization: str = Field(
        default=DEFAULT_SLUG,
        title="Organization",
        description="The short name of the organization whose campaign it is; only a campaign's name needs it.",
        min_length=1,
    )


@flow(
    name="campaign",
    description="Sends a campaign to everyone in its audience who agreed to it, once, and reports.",
)
async def campaign(order: CampaignOrder) -> None:
    """Plans, sends and reports one occurrence of a campaign; safe to run again, in parallel and after a crash."""
    async with open_equipment(load_settings()) as equipment, flow_span("campaign"):
        occurrence = order.occurrence or occurrence_of_this_run()
        run_id = await plan_audience(order.campaign, organization=order.organization, occurrence=occurrence)
        if order.shards > 1:
            await start_shards(run_id, extra=order.shards - 1)
        async with working_on(equipment, run_id, work=send_with_others):
            await wait_for_deliveries(equipment, run_id)
            await tend_alerts(equipment)
            await publish_report(run_id)
            await finish_run(equipment, run_id)


def occurrence_of_this_run() -> str:
    """The scheduled time of a run that a schedule made; any other run is the campaign's one occurrence."""
    flow_run = getattr(get_run_context(), "flow_run", None)
    if flow_run is None or not flow_run.auto_scheduled or flow_run.expected_start_time is None:
        return ONCE
    return str(flow_run.expected_start_time.isoformat())
