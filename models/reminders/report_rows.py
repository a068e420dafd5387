"""A day's report as rows that people read, in Prefect's UI, a table or a CSV file."""

from models.reminders.report import Figures, RemindersReport, ReportLine
from models.reminders.tables import Occasion

FIGURES = {
    "due": "Due",
    "waiting": "Waiting",
    "sent": "Sent",
    "confirmed": "Confirmed",
    "unanswered": "Unanswered",
    "reschedule_requested": "Another time",
    "canceled": "Cancelled",
    "moved": "Moved",
    "not_delivered": "Not delivered",
    "expired": "Expired",
    "skipped": "Skipped",
}
"""What each figure is called. Those due are waiting, sent, not delivered, expired and skipped together."""

_ALWAYS = ("Rule", "Due", "Sent", "Confirmed", "Unanswered")

Row = dict[str, str | int]


def report_rows(report: RemindersReport) -> list[Row]:
    """A row for each rule and place, and the sum of them last."""
    return [*map(_row, report.lines), {"Rule": "all", "Place": "", **_figures(report.total)}]


def reason_rows(report: RemindersReport) -> list[Row]:
    """Why some were not sent, not delivered or not needed any more."""
    return [
        {"State": each.outcome.replace("_", " "), "Why": each.why, "Reminders": each.reminders}
        for each in report.reasons
    ]


def without_empty(rows: list[Row]) -> list[Row]:
    """The rows without columns in which nothing stands, so that they fit where people look."""
    kept = [name for name in rows[0] if name in _ALWAYS or any(row[name] for row in rows)]
    return [{name: row[name] for name in kept} for row in rows]


def _row(line: ReportLine) -> Row:
    notice = " (notice)" if line.occasion == Occasion.CANCELLATION else ""
    return {"Rule": f"{line.rule}{notice}", "Place": line.place or "", **_figures(line.figures)}


def _figures(figures: Figures) -> Row:
    return {title: getattr(figures, name) for name, title in FIGURES.items()}
