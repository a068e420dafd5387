"""Appointments that a file held before and that the newest one does not: told, or cancelled within bounds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.appointments.changing import Change, apply_changes
from models.appointments.import_rules import AppointmentRules
from models.appointments.report import AppointmentsReport, GoneCounts
from models.appointments.staging import MENTIONED, ROWS
from models.imports.report import SHOWN

# Those after the file's last start are beyond what it covers; those that began are not called off any more.
_GONE = text(f"""
    SELECT a.external_id, NOT EXISTS (SELECT FROM {ROWS} s WHERE s.external_id = a.external_id)
        AND NOT EXISTS (SELECT FROM {MENTIONED} m WHERE m.external_id = a.external_id) AS gone
    FROM appointments a
    WHERE organization_id = :organization_id AND stated IS NOT NULL
        AND state IN ('booked', 'confirmed', 'reschedule_requested')
        AND starts_at > :now AND starts_at <= (SELECT max(starts_at) FROM {ROWS})
    ORDER BY starts_at, a.external_id
""")  # noqa: S608 (only the text above is put in)


async def take_gone(
    connection: AsyncConnection,
    report: AppointmentsReport,
    *,
    organization_id: UUID,
    rules: AppointmentRules,
    now: datetime,
) -> None:
    """Counts in the report what is gone, and cancels it where the rules say so and nothing speaks against it."""
    known = (await connection.execute(_GONE, {"organization_id": organization_id, "now": now})).all()
    gone = [row.external_id for row in known if row.gone]
    report.gone = GoneCounts(known=len(known), gone=len(gone), external_ids=gone[:SHOWN])
    if not gone or rules.gone == "report":
        return
    report.gone.kept_because = _doubt(report, rules)
    if report.gone.kept_because is None:
        changes: list[Change] = [{"external_id": each, "state": "canceled"} for each in gone]
        actor = f"gone from {report.file}"
        await apply_changes(connection, organization_id, changes, now=now, actor=actor, source="file")
        report.gone.canceled = len(gone)


def _doubt(report: AppointmentsReport, rules: AppointmentRules) -> str | None:
    """Why a cancellation could be a mistake: the file may be cut off, or a refused row be one of those missed."""
    nameless = sum(report.refused_by_reason.get(code, 0) for code in _NAMELESS)
    if nameless:
        return f"{nameless:,} refused rows do not tell which appointments they are; correct them first."
    share = 100 * report.gone.gone / report.gone.known
    if share > rules.most_gone:
        return (
            f"{report.gone.gone:,} of {report.gone.known:,} appointments to come are gone, more than "
            f"{rules.most_gone:g} %; check that the file is whole (--most-gone 100 cancels them all the same)."
        )
    return None


_NAMELESS = ("no_external_id", "too_few_values", "too_many_values", "quote", "nul", "too_long")
"""The faults of rows whose external id nobody knows."""
