"""Saves the appointments of a file: batch after batch, each with its people in a short transaction of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.changing import Change, apply_changes
from models.appointments.gone import take_gone
from models.appointments.import_rules import AppointmentRules
from models.appointments.people import contacts_of
from models.appointments.report import AppointmentsReport
from models.appointments.staging import drop_repeated, drop_staging, next_batch, staged_count
from models.imports.breaking_off import told
from models.imports.erased_rows import CODE
from models.imports.kinds import Transaction
from models.imports.progress import ReportProgress, Stage
from models.rights.suppressed import erased_among

_SAID = ("external_id", "starts_at", "timezone", "kind", "place", "state", "attributes")


async def save(
    connection: AsyncConnection,
    report: AppointmentsReport,
    *,
    organization_id: UUID,
    rules: AppointmentRules,
    now: datetime,
    transaction: Transaction,
    progress: ReportProgress | None = None,
) -> None:
    """Saves all that was staged and counts it in the report.

    Raises `ImportInterrupted` when the database breaks off after a part was saved.
    """
    async with transaction():
        report.merged = await drop_repeated(connection)
        total = await staged_count(connection)
    saved, after = 0, ""
    while saved < total:
        with told(saved, total, of="appointments"):
            async with transaction():
                batch = await next_batch(connection, after=after)
                await _save_batch(connection, report, batch, organization_id=organization_id, now=now)
        saved, after = saved + len(batch), batch[-1]["external_id"]
        if progress:
            progress(Stage.SAVING, saved, total)
    async with transaction():
        await take_gone(connection, report, organization_id=organization_id, rules=rules, now=now)
        await drop_staging(connection)


async def _save_batch(
    connection: AsyncConnection,
    report: AppointmentsReport,
    batch: Sequence[Mapping[str, Any]],
    *,
    organization_id: UUID,
    now: datetime,
) -> None:
    erased = await erased_among(connection, {row["phone"] for row in batch}, organization_id=organization_id)
    if erased:
        dropped = sum(row["phone"] in erased for row in batch)
        report.refused += dropped
        report.refused_by_reason[CODE] = report.refused_by_reason.get(CODE, 0) + dropped
    good = [row for row in batch if row["phone"] not in erased]
    contacts = await contacts_of(connection, good, organization_id=organization_id, now=now)
    changes = [_change(row, contacts[row["phone"]]) for row in good]
    done = await apply_changes(
        connection, organization_id, changes, now=now, actor=f"file {report.file}", source="file"
    )
    report.appointments.add(done)


def _change(row: Mapping[str, Any], contact_id: int) -> Change:
    """What the row says; a blank erases nothing."""
    said = {name: row[name] for name in _SAID if row[name] is not None}
    return cast("Change", {**said, "contact_id": contact_id})
