"""What `tidings reminders report` does: a day's reminders in figures, by rule and place."""

import asyncio
import csv
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.table import Table

from cli.database import open_database
from cli.output import people, print_json, results
from messaging.errors import TidingsError
from models.columns import utc_now
from models.organizations import find_organization
from models.reminders.days import today_of
from models.reminders.report import Figures, RemindersReport, read_reminders_report
from models.reminders.report_rows import Row, reason_rows, report_rows, without_empty
from models.surveys.results_file import harmless

_HYPHENS = {
    "Confirmed": "Con-\nfirmed",
    "Unanswered": "Un-\nanswered",
    "Another time": "Another\ntime",
    "Cancelled": "Can-\ncelled",
    "Not delivered": "Not de-\nlivered",
}


class NotWritten(TidingsError):
    """The file of figures cannot be written."""


def show_reminders_report(organization: str, day: date | int, *, out: Path | None, as_json: bool) -> None:
    """Prints the figures, or writes them to a file. Raises `NotWritten`, `NoSuchOrganization`."""
    report = asyncio.run(_read(organization, day))
    if out is not None:
        _write(out, report_rows(report))
        people().print(f"Rows written to {out}: {len(report.lines) + 1:,}.")
    if as_json:
        print_json(_to_json(report))
    elif out is None:
        _show(report)


def _show(report: RemindersReport) -> None:
    results().print(_figures_table(without_empty(report_rows(report)), title=f"Reminders of {report.day}"))
    if report.reasons:
        results().print(_reasons_table(reason_rows(report)))


def _figures_table(rows: list[Row], *, title: str) -> Table:
    """A table that fits a narrow terminal: each rule above its places."""
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    figures = [name for name in rows[0] if name not in ("Rule", "Place")]
    for name in figures:
        table.add_column(_HYPHENS.get(name, name), justify="right")
    rule = None
    for row in rows:
        place = f"  {row['Place']}" if row.get("Place") else ""
        name = "\n".join(filter(None, ("" if row["Rule"] == rule else str(row["Rule"]), place)))
        above = "\n" * name.count("\n")
        table.add_row(name, *(f"{above}{row[figure]:,}" for figure in figures))
        rule = row["Rule"]
    return table


def _reasons_table(rows: list[Row]) -> Table:
    table = Table(*rows[0], box=None, padding=(1, 2, 0, 0))
    for row in rows:
        table.add_row(*map(str, row.values()))
    return table


def _write(out: Path, rows: list[Row]) -> None:
    try:
        # With a byte order mark, or spreadsheets take UTF-8 for something else.
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(rows[0])
            writer.writerows(
                [harmless(cell) if isinstance(cell, str) else cell for cell in row.values()] for row in rows
            )
    except OSError as error:
        raise NotWritten(f"{out} cannot be written: {(error.strerror or 'error').lower()}.") from None


def _to_json(report: RemindersReport) -> dict[str, Any]:
    lines = [{**asdict(line), "figures": _all(line.figures)} for line in report.lines]
    reasons = [asdict(each) for each in report.reasons]
    return {"day": report.day.isoformat(), "total": _all(report.total), "lines": lines, "reasons": reasons}


def _all(figures: Figures) -> dict[str, int]:
    return {"due": figures.due, "sent": figures.sent, **asdict(figures)}


async def _read(organization: str, day: date | int) -> RemindersReport:
    async with open_database(application="reminders report") as (_, engine), engine.connect() as connection:
        organization_id = (await find_organization(connection, organization)).id
        if isinstance(day, int):
            day = await today_of(connection, organization_id, now=utc_now()) + timedelta(days=day)
        return await read_reminders_report(connection, organization_id, day)
