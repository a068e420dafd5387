"""`tidings surveys …`: load surveys, begin them with people, read what was answered."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.organization_option import Organization

surveys_app = typer.Typer(
    name="surveys",
    help="Load surveys, begin them with people, read what was answered.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Name = Annotated[str, typer.Argument(help="The survey's name.")]


@surveys_app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A survey in YAML; see examples/survey.yaml.")],
    *,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Store a survey. A changed file is a new version: who has begun the old one ends it.

    Example: `tidings surveys load examples/survey.yaml`
    """
    from cli.surveys_files import load_survey  # noqa: PLC0415  # `tidings --help` must be quick

    load_survey(file, organization=organization, as_json=as_json)


@surveys_app.command("list")
def list_(*, organization: Organization = "default", as_json: AsJson = False) -> None:
    """Show the surveys, and how many people are under way or have finished.

    Example: `tidings surveys list`
    """
    from cli.surveys_files import show_surveys  # noqa: PLC0415  # `tidings --help` must be quick

    show_surveys(organization=organization, as_json=as_json)


@surveys_app.command()
def show(name: Name, *, organization: Organization = "default", as_json: AsJson = False) -> None:
    """Print the file that the newest version was loaded from.

    Example: `tidings surveys show visit`
    """
    from cli.surveys_files import show_survey  # noqa: PLC0415  # `tidings --help` must be quick

    show_survey(name, organization=organization, as_json=as_json)


@surveys_app.command()
def results(
    name: Name,
    *,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write a row for each person to this file.", metavar="FILE")
    ] = None,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show how many people stand where and what they answered; with `--csv`, every single answer.

    In the file, a text that a spreadsheet could take for a formula, a phone number too, begins with an apostrophe.

    Example: `tidings surveys results visit --csv visit.csv`
    """
    from cli.surveys_results import show_results  # noqa: PLC0415  # `tidings --help` must be quick

    show_results(name, csv=csv, organization=organization, as_json=as_json)


@surveys_app.command()
def send(
    name: Name,
    *,
    to: Annotated[
        list[str] | None, typer.Option(help="A number to write to; may be repeated.", metavar="NUMBER")
    ] = None,
    tag: Annotated[str | None, typer.Option(help="Everyone with this tag.")] = None,
    kind: Annotated[
        Literal["transactional", "marketing"],
        typer.Option("--type", help="What it is for; marketing goes only to those who agreed to it."),
    ] = "transactional",
    channel: Annotated[Literal["sms", "whatsapp"], typer.Option(help="How to reach them.")] = "sms",
    again: Annotated[bool, typer.Option("--again", help="Also to those who were asked it before.")] = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Begin a survey with people. Who was asked it before is left out, so a broken-off command may be repeated.

    Example: `tidings surveys send visit --tag patient`
    """
    from cli.surveys_send import Order, send_to  # noqa: PLC0415  # `tidings --help` must be quick

    if bool(to) == bool(tag):
        raise typer.BadParameter("Say one of --to NUMBER and --tag TAG.")
    order = Order(name=name, to=tuple(to or ()), tag=tag, kind=kind, channel=channel, again=again)
    send_to(organization, order, as_json=as_json)
