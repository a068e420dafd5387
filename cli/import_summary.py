"""What an import did, in a few lines for the terminal."""

from rich.table import Table

from cli.output import results
from models.imports.report import FileReport, ImportReport

_ROWS_SHOWN = 10
_WIDEST = 40


def show(report: ImportReport) -> None:
    """Prints the counts, the reasons, and the first refused rows, with their values as written."""
    console = results()
    console.print(_counts(report))
    show_refused(report)


def show_refused(report: FileReport) -> None:
    """Prints the reasons, the first refused rows, and the first values that were left out of rows kept."""
    console = results()
    if report.refused:
        console.print(f"\nRefused, to be corrected and imported from {report.refused_file}:")
        for code, rows in sorted(report.refused_by_reason.items(), key=lambda one: -one[1]):
            console.print(f"  {rows:,} {code}")
        console.print(_refused(report))
    for warned in report.warned_values[:_ROWS_SHOWN]:
        console.print(f"line {warned.line}, {warned.column} {warned.value[:_WIDEST]!r}: {warned.reason}")
    if report.warnings > _ROWS_SHOWN:
        console.print(f"… and {report.warnings - _ROWS_SHOWN:,} more values left out of rows that were kept.")


def _counts(report: ImportReport) -> Table:
    contacts, consents = report.contacts, report.consents
    counts = {
        "rows read": report.rows,
        "contacts new": contacts.new,
        "contacts updated": contacts.updated,
        "contacts unchanged": contacts.unchanged,
        "duplicates merged": report.merged,
        "rows refused": report.refused,
        "consents recorded": consents.opted_in,
        "opt-outs recorded": consents.opted_out,
        "opted out before, left so": consents.left_opted_out,
    }
    table = Table(title=report.file, show_header=False, title_justify="left")
    for what, count in counts.items():
        table.add_row(what, f"{count:,}")
    return table


def _refused(report: FileReport) -> Table:
    table = Table("line", "value", "reason")
    for row in report.refused_rows[:_ROWS_SHOWN]:
        table.add_row(str(row.line), row.value[:_WIDEST], row.reason)
    return table
