"""`tidings reminders …`: what people are reminded of their appointments, and when."""

from pathlib import Path
from typing import Annotated

import typer

from cli.days import Day, read_day
from cli.organization_option import Organization

reminders_app = typer.Typer(
    name="reminders",
    help="What people are reminded of their appointments, and when.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

File = Annotated[Path, typer.Argument(help="Rules in YAML; see examples/reminders.yaml.", metavar="FILE")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Starts = Annotated[
    str | None,
    typer.Option(help="Show the dates for an appointment at this time [default: the next ones].", metavar="TIME"),
]
Timezone = Annotated[
    str | None, typer.Option(help="Its zone, e.g. America/New_York, if the time has no offset.", metavar="ZONE")
]
Kind = Annotated[str | None, typer.Option(help="Its kind; without it the rules of all kinds are shown.")]


@reminders_app.command()
def check(
    file: File,
    *,
    starts: Starts = None,
    timezone: Timezone = None,
    kind: Kind = None,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Check a file and show the dates that it would bring; nothing is changed.

    Example: `tidings reminders check reminders.yaml --starts 2027-03-13T09:00 --timezone America/New_York`
    """
    from cli.reminders_files import check_file  # noqa: PLC0415  # `tidings --help` must be quick
    from cli.reminders_samples import read_sample  # noqa: PLC0415

    check_file(file, read_sample(starts, timezone, kind), organization=organization, as_json=as_json)


@reminders_app.command("set")
def set_(
    file: File,
    *,
    catch_up: Annotated[
        bool,
        typer.Option("--catch-up", help="Also send at once what was due before and is still of use."),
    ] = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Make a file the organization's rules: all appointments to come follow it from now on.

    A mistake is shown with its place. Without `--catch-up`, a reminder whose moment has passed does not come.

    Example: `tidings reminders set reminders.yaml`
    """
    from cli.reminders_files import set_file  # noqa: PLC0415  # `tidings --help` must be quick

    set_file(file, catch_up=catch_up, organization=organization, as_json=as_json)


@reminders_app.command()
def show(
    *,
    starts: Starts = None,
    timezone: Timezone = None,
    kind: Kind = None,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show the dates that the rules bring, and print the file they were set from.

    Example: `tidings reminders show`
    """
    from cli.reminders_files import show_rules  # noqa: PLC0415  # `tidings --help` must be quick
    from cli.reminders_samples import read_sample  # noqa: PLC0415

    show_rules(read_sample(starts, timezone, kind), organization=organization, as_json=as_json)


@reminders_app.command()
def report(
    *,
    day: Day = "today",
    out: Annotated[Path | None, typer.Option("--csv", help="Write them to this file.", metavar="FILE")] = None,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show what became of a day's reminders, by rule and place: sent, confirmed, unanswered, expired, skipped.

    Days are those where the appointments are. Those due are waiting, sent, not delivered, expired and skipped
    together; those sent were confirmed or not, or are notices, which ask for no answer.

    Example: `tidings reminders report --day yesterday --csv reminders.csv`
    """
    from cli.reminders_report import show_reminders_report  # noqa: PLC0415  # `tidings --help` must be quick

    show_reminders_report(organization, read_day(day), out=out, as_json=as_json)
