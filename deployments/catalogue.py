"""Every deployment that the stack serves."""

from datetime import timedelta
from typing import Any

from prefect import Flow
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
    return [*_started(), *_scheduled(settings)]


def _started() -> list[RunnerDeployment]:
    """Those that a person, the API or another flow starts."""
    return [
        _of(
            campaign,
            "campaign",
            "Sends a campaign to everyone in its audience who agreed to it, once, and reports.",
            tag="campaign",
        ),
        _of(
            send,
            "send",
            "Sends what is due of a campaign that is under way, beside others that do the same.",
            tag="campaign",
        ),
        _of(
            direct,
            "direct",
            "Sends messages that belong to no campaign as they are asked for; ends when none come.",
            tag=TAG,
        ),
        _of(
            appointments,
            "Import appointments",
            "Imports the files that a calendar lays into a folder; add a schedule for each folder.",
            tag="reminders",
        ),
    ]


def _scheduled(settings: Settings) -> list[RunnerDeployment]:
    return [
        _of(
            sweep,
            "sweep",
            "Finds out about lost answers, and goes on with what was left lying.",
            tag="recovery",
            interval=timedelta(seconds=settings.tidings_sweep_seconds),
        ),
        _of(
            reminders,
            "Send due reminders",
            "Plans the reminders of appointments that are due, and has them sent; nothing to fill in.",
            tag="reminders",
            interval=timedelta(seconds=settings.tidings_reminders_seconds),
        ),
        _of(
            retention,
            "retention",
            "Lets go of what is older than an organization's policy keeps it, at 03:17 UTC.",
            tag="retention",
            cron="17 3 * * *",
            parameters={"order": {"dry_run": False}},
        ),
    ]


def _of(flow: Flow[..., Any], name: str, description: str, *, tag: str, **when: Any) -> RunnerDeployment:
    return RunnerDeployment.from_flow(
        flow,
        name=name,
        description=description,
        tags=[tag],
        entrypoint_type=EntrypointType.MODULE_PATH,
        **when,
    )
