"""Names of a run's artifacts in the Prefect UI: readable, and the same for every attempt at the run."""

from uuid import UUID

from slugify import slugify

from models.campaigns.runs import load_run
from models.campaigns.store import load_campaign
from tasks.equipment import Equipment


async def artifact_key(kind: str, tools: Equipment, run_id: UUID) -> str:
    """`report-autumn-sale-9005e842bc15`: Prefect takes lower-case letters, digits and dashes."""
    async with tools.engine.connect() as connection:
        run = await load_run(connection, run_id)
        campaign = await load_campaign(connection, run.campaign_id)
    return "-".join(part for part in (kind, slugify(campaign.name, max_length=60), run_id.hex[-12:]) if part)
