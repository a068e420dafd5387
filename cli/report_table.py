"""A campaign's report for people, and as a table for other programs."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli.timeline_table import show_timeline
from messaging.errors import TidingsError
from models.campaigns.report import Report
from models.columns import utc_now
from models.messages.skip_reasons import in_words
from models.slowing import Pace


class UnwritableFile(TidingsError):
    """The CSV file cannot be written."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a report; `group` is audience, state, skipped, error or total."""

    group: str
    name: str
    count: int
    meaning: str = ""


def figures(report: Report) -> list[Figure]:
    """Every figure of a report, zeros too."""
    totals = ("segments", "replies", "opt_outs", "incidents")
    return [
        Figure("audience", "audience", report.audience),
        *(Figure("state", state, count) for state, count in report.states.items()),
        *(Figure("skipped", reason, count, in_words(reason)) for reason, count in report.skipped.items()),
        *(Figure("error", str(error.code or "none"), error.messages, error.sentence) for error in report.errors),
        *(Figure("total", total, getattr(report, total)) for total in totals),
    ]


def write_csv(report: Report, file: Path) -> None:
    """Writes one line a figure. Raises `UnwritableFile`."""
    import pandas as pd  # noqa: PLC0415  # takes longer than the report itself

    try:
        pd.DataFrame(figures(report)).to_csv(file, index=False)
    except OSError as error:
        raise UnwritableFile(f"{file} cannot be written: {(error.strerror or str(error)).lower()}.") from None


def show_report(console: Console, report: Report) -> None:
    """Prints what happened: states with their share of the audience, reasons, errors, totals."""
    about = f", {report.topic}" if report.topic else ""
    title = f"{report.name} ({report.occurrence}{about})"
    table = Table("", "People", "Share", "Meaning", title=title, title_justify="left")
    table.columns[1].justify = table.columns[2].justify = "right"
    for figure in figures(report):
        if figure.group == "total" or (figure.count == 0 and figure.group != "audience"):
            continue
        share = f"{figure.count / report.audience:.1%}" if report.audience else ""
        indent = "  " if figure.group in ("skipped", "error") else ""
        table.add_row(f"{indent}{_words(figure)}", f"{figure.count:,}", share, figure.meaning)
    console.print(table)
    totals = [figure for figure in figures(report) if figure.group == "total"]
    console.print("   ".join(f"{_words(total)}: {total.count:,}" for total in totals))
    console.print(f"run: {report.state}" + (f" ({report.state_reason})" if report.state_reason else ""))
    if report.pace:
        console.print(_held_up(report.pace))
    for group in report.held:
        console.print(f"held: {group.words(now=utc_now())}")
    if report.in_review:
        console.print(f"held: {report.in_review:,} until somebody decides on a text: `tidings consent review`")
    for alert in report.alerts:
        console.print(f"alert{'' if alert.ended_at is None else ' (over)'}: {alert.reason}")
    show_timeline(console, report.timeline)


def _held_up(pace: Pace) -> str:
    if pace.rests_seconds:
        return f"sender: rests for another {timedelta(seconds=round(pace.rests_seconds))}, as Twilio asked"
    rates = f"{pace.segments_per_second:.3g} of {pace.rate:g} segments a second"
    return f"sender: slowed down to {rates}, because Twilio found it too fast"


def _words(figure: Figure) -> str:
    prefix = {"skipped": "because ", "error": "code "}.get(figure.group, "")
    return prefix + figure.name.replace("_", " ")
