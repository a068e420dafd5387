"""Every deployment that the stack serves."""

from datetime import timedelta

from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType

from flows.appointments import appointments
from flows.campaign import campaign
from flows.direct import direct
from flows.reminders import reminders
from flows.retention import retention
from flows.send import send
from flows.sweep import sweep
from messaging.settings import Settings
from models.messages.direct.sending import TAG

CAMPAIGN_DEPLOYMENT = "campaign/campaign"


def catalogue(settings: Settings) -> list[RunnerDeployment]:
    """The deployments, their flows imported by module path; the settings say how often two of them run."""
    return [
        RunnerDeployment.from_flow(
            campaign,
            name="campaign",
            description="Sends a campaign to everyone in its audience who agreed to it, once, and reports.",
            tags=["campaign"],
            entrypoint_type=EntrypointType.MODULE_PATH,
        ),
        RunnerDeployment.from_flow(
            send,
            name="send",
            description="Sends what is due of a campaign that is under way, beside others that do the same.",
            tags=["campaign"],
            entrypoint_type=EntrypointType.MODULE_PATH,
        ),
        RunnerDeployment.from_flow(
            direct,
            name="direct",
            description="Sends messages that belong to no campaign as they are asked for; ends when none come.",
            tags=[TAG],
            entrypoint_type=EntrypointType.MODULE_PATH,
        ),
        RunnerDeployment.from_flow(
            sweep,
            name="sweep",
            description="Finds out about lost answers, and goes on with what was left lying.",
            tags=["recovery"],
            interval=timedelta(seconds=settings.tidings_sweep_seconds),
            entrypoint_type=EntrypointType.MODULE_PATH,
        ),
        RunnerDeployment.from_flow(
            reminders,
            name="Send due reminders",
            description="Plans the reminders of appointments that are due, and has them sent; nothing to fill in.",
            tags=["reminders"],
            interval=timedelta(seconds=settings.tidings_reminders_seconds),
            entrypoint_type=EntrypointType.MODULE_PATH,
        ),
        RunnerDeployment.from_flow(
            retention,
            name="retention",
            description="Lets go of what is older than an organization's policy keeps it, at 03:17 UTC.",
            tags=["retention"],
            cron="17 3 * * *",
            parameters={"order": {"dry_run": False}},
            entrypoint_type=EntrypointType.MODULE_PATH,
        ),
        RunnerDeployment.from_flow(
            appointments,
            name="Import appointments",
            description="Imports the files that a calendar lays into a folder; add a schedule for each folder.",
            tags=["reminders"],
            entrypoint_type=EntrypointType.MODULE_PATH,
        ),
    ]
