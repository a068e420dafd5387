"""Reads the files of appointments that a calendar lays into a folder: the oldest first, each once."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from prefect import task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from messaging.errors import TidingsError
from models.appointments.appointments_file import AppointmentsFile
from models.appointments.files_read import content_hash, note_read, was_last
from models.appointments.import_rules import AppointmentRules
from models.appointments.report import AppointmentsReport
from models.exclusive import Duty, exclusive
from models.imports.faults import ImportRefused
from models.imports.file_import import import_file
from models.organizations import find_organization
from tasks.equipment import Equipment, equipment

SETTLED_SECONDS = 10.0
"""A file that was written to within this time may not be whole yet; the next run reads it."""


class FolderUnusable(TidingsError):
    """The folder is not there, or cannot be read and written."""


@dataclass(frozen=True, slots=True)
class FileDone:
    """What became of one file: imported, read before, or refused as a whole with the reason."""

    name: str
    outcome: str
    report: AppointmentsReport | None = None
    reason: str | None = None


@task(name="import appointments", task_run_name="import appointments", cache_policy=NO_CACHE)
async def import_folder(folder: Path, *, organization: str, rules: AppointmentRules) -> Sequence[FileDone]:
    """`read_folder` of a flow run, shown as a table artifact. Raises `FolderUnusable`, `NoSuchOrganization`."""
    done = [each async for each in read_folder(equipment(), folder, organization=organization, rules=rules)]
    if done:
        await acreate_table_artifact(
            table=[_row(each) for each in done],
            key="appointments",
            description="Files of appointments, and what became of their rows.",
        )
    return done


async def read_folder(
    tools: Equipment, folder: Path, *, organization: str, rules: AppointmentRules
) -> AsyncIterator[FileDone]:
    """Imports each file, then moves it to `done/`, or to `refused/` when it cannot be used as a whole.

    Refused rows are in `refused/` too. A file that the database broke off stays, for the next run. Nothing is read
    while another process reads. Raises `FolderUnusable`, `NoSuchOrganization`.
    """
    async with tools.engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
    async with exclusive(tools.engine, Duty.APPOINTMENTS) as alone:
        for path in await asyncio.to_thread(_files, folder) if alone else ():
            yield await _read(tools, path, organization, organization_id, rules)


async def _read(
    tools: Equipment, path: Path, organization: str, organization_id: UUID, rules: AppointmentRules
) -> FileDone:
    now, hash_ = tools.clock(), await asyncio.to_thread(content_hash, path)
    async with tools.engine.connect() as connection:
        before = await was_last(connection, organization_id, hash_)
    done = FileDone(path.name, "read before") if before else await _import(tools, path, organization, rules)
    if not before:
        async with tools.engine.begin() as connection:
            await note_read(connection, organization_id, hash_, name=path.name, outcome=done.outcome, now=now)
    target = path.parent / ("refused" if done.outcome == "refused" else "done")
    await asyncio.to_thread(path.replace, target / f"{now:%Y%m%dT%H%M%S}-{path.name}")
    return done


async def _import(tools: Equipment, path: Path, organization: str, rules: AppointmentRules) -> FileDone:
    refused = path.parent / "refused" / f"{path.stem}.refused.csv"
    own = rules.with_refused(refused)
    try:
        kind = AppointmentsFile(own, tools.clock())
        report = await import_file(tools.engine, path, kind, organization=organization)
    except ImportRefused as error:
        return FileDone(path.name, "refused", reason=str(error))
    return FileDone(path.name, "imported", report, report.gone.kept_because)


def _files(folder: Path) -> list[Path]:
    """The CSV files that nobody writes to any more, the oldest first."""
    try:
        for name in ("done", "refused"):
            (folder / name).mkdir(exist_ok=True)
        found = [path for path in folder.glob("*.csv") if path.is_file() and not path.name.startswith(".")]
        aged = sorted((path.stat().st_mtime, path) for path in found)
    except OSError as error:
        raise FolderUnusable(
            f"The folder {folder} cannot be used ({error.strerror}); make it, or name another one."
        ) from None
    return [path for written, path in aged if written < time.time() - SETTLED_SECONDS]


def _row(done: FileDone) -> dict[str, object]:
    counts = done.report.appointments.model_dump() if done.report else {}
    about = {"refused": done.report.refused, "gone": done.report.gone.gone} if done.report else {}
    return {"file": done.name, "outcome": done.outcome, **counts, **about, "why": done.reason or ""}
