"""The flow of a calendar's folder: the files of appointments in it are imported, each once."""

from pathlib import Path
from typing import Literal

from prefect import flow
from prefect.logging import get_run_logger
from pydantic import BaseModel, Field

from messaging.settings import load_settings
from models.appointments.import_rules import AppointmentRules
from tasks.appointments_folder import import_folder
from tasks.equipment import open_equipment
from tasks.process_guard import arm_parent_death_signal

arm_parent_death_signal()


class FolderOrder(BaseModel):
    """Which folder, whose appointments, and how its files are read."""

    folder: Path = Field(
        title="Folder",
        description="Where the calendar lays its CSV files; read ones go to done/, unusable ones to refused/.",
    )
    organization: str = Field(
        default="default", title="Organization", description="The short name of whose appointments these are."
    )
    timezone: str = Field(
        default="",
        title="Time zone",
        description="Of rows that name none, such as Europe/Berlin. Left empty, every row must name its own.",
    )
    gone: Literal["report", "cancel"] = Field(
        default="report",
        title="Gone from the file",
        description=(
            "What becomes of appointments to come that a file held before and the newest does not: they are told "
            "in the run's report, or also cancelled, unless more than a tenth of them are gone."
        ),
    )


@flow(name="appointments", description="Imports the files of appointments in a folder, the oldest first.")
async def appointments(order: FolderOrder) -> None:
    """A file that is broken off stays, and the next run reads it again; importing again changes nothing."""
    rules = AppointmentRules(timezone=order.timezone or None, gone=order.gone)
    async with open_equipment(load_settings(), needs_callbacks=False):
        for done in await import_folder(order.folder, organization=order.organization, rules=rules):
            get_run_logger().info("%s: %s%s", done.name, done.outcome, f", {done.reason}" if done.reason else "")
