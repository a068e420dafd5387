"""What `tidings appointments import` does."""

from functools import partial
from pathlib import Path

import typer
from rich.table import Table

from cli.import_run import run_import
from cli.import_summary import show_refused
from cli.output import print_json, results
from models.appointments.appointments_file import AppointmentsFile
from models.appointments.import_rules import AppointmentRules
from models.appointments.report import AppointmentsReport

_SHOWN = 10


def import_and_show(file: Path, *, organization: str, rules: AppointmentRules, as_json: bool) -> None:
    """Imports a file and prints what became of its rows; exit status 1 when a cancellation was held back.

    Raises `TidingsError` when the file or the database cannot be used.
    """
    report = run_import(file, partial(AppointmentsFile, rules), organization=organization)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        _show(report)
    if report.gone.kept_because:
        raise typer.Exit(1)


def _show(report: AppointmentsReport) -> None:
    console = results()
    console.print(_counts(report))
    show_refused(report)
    if report.gone.external_ids:
        shown = ", ".join(report.gone.external_ids[:_SHOWN])
        more = f" and {report.gone.gone - _SHOWN:,} more" if report.gone.gone > _SHOWN else ""
        console.print(f"\nIn no row of this file any more: {shown}{more}.")
    if report.gone.kept_because:
        console.print(f"None of them was cancelled: {report.gone.kept_because}")
    elif report.gone.gone and not report.gone.canceled:
        console.print("They stay as they are; --gone cancel cancels them.")


def _counts(report: AppointmentsReport) -> Table:
    counts = {
        "rows read": report.rows,
        "appointments new": report.appointments.new,
        "appointments changed": report.appointments.changed,
        "of them moved": report.appointments.moved,
        "of them cancelled": report.appointments.canceled,
        "appointments unchanged": report.appointments.unchanged,
        "rows repeated": report.merged,
        "rows refused": report.refused,
        "gone from the file": report.gone.gone,
        "of them cancelled now": report.gone.canceled,
    }
    table = Table(title=report.file, show_header=False, title_justify="left")
    for what, count in counts.items():
        table.add_row(what, f"{count:,}")
    return table
