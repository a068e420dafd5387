"""Asks Prefect for a flow run that sends a campaign."""

from dataclasses import dataclass
from datetime import datetime

from api.prefect_runs import run_page, start_run
from messaging.business_time import real_instant
from models.campaigns.flow_runs import tag_of
from models.campaigns.runs import Run
from models.campaigns.tables import Campaign
from models.columns import utc_now

DEPLOYMENT = "campaign/campaign"


@dataclass(frozen=True, slots=True)
class CampaignFlowRun:
    """A flow run that was asked for: when it begins (None: now), and its page in Prefect's UI."""

    id: str
    page: str
    begins_at: datetime | None


async def begin_sending(
    prefect_api_url: str, campaign: Campaign, run: Run, *, shards: int = 1, idempotency_key: str | None = None
) -> CampaignFlowRun:
    """A flow run for a campaign that is ready, at its `send_at` or now; the same one for the same key.

    Raises `PrefectUnavailable`.
    """
    begins_at = campaign.send_at if campaign.send_at and campaign.send_at > utc_now() else None
    order: dict[str, object] = {"campaign": str(campaign.id), "occurrence": run.occurrence}
    if shards > 1:
        order["shards"] = shards
    flow_run_id = await start_run(
        prefect_api_url,
        deployment=DEPLOYMENT,
        parameters={"order": order},
        name=campaign.name,
        at=begins_at and real_instant(begins_at),
        tags=[tag_of(run.id)],
        idempotency_key=idempotency_key,
    )
    return CampaignFlowRun(flow_run_id, run_page(prefect_api_url, flow_run_id), begins_at)
