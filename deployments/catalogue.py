"""Every deployment that the stack serves."""

from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType

from flows.campaign import campaign

CAMPAIGN_DEPLOYMENT = "campaign/campaign"


def catalogue() -> list[RunnerDeployment]:
    """The deployments, their flows imported by module path."""
    return [
        RunnerDeployment.from_flow(
            campaign,
            name="campaign",
            description="Sends a campaign to everyone in its audience who agreed to it, once, and reports.",
            tags=["campaign"],
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
    ]
