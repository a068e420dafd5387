"""`tidings campaign …`: from a file to a report. The work is in modules of their own, so that help is quick."""

from pathlib import Path
from typing import Annotated

import typer

campaign_app = typer.Typer(
    name="campaign",
    help="Create, preview, start and follow campaigns.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

Reference = Annotated[str, typer.Argument(help="Its id, or its name if no other has it.", metavar="ID")]
Organization = Annotated[str, typer.Option(help="Whose campaigns, by the organization's short name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@campaign_app.command()
def create(
    file: Annotated[Path, typer.Argument(help="The campaign, written in YAML.", metavar="FILE")],
    *,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Store a campaign from a YAML file and print its id; nothing is sent yet.

    Every mistake in the file is told with its line and column, and then nothing is stored.

    Example: `tidings campaign create examples/campaign.yaml`
    """
    from cli.campaign_files import create_campaign  # noqa: PLC0415  # `tidings --help` must be quick

    create_campaign(file, organization=organization, as_json=as_json)


@campaign_app.command("list")
def list_(*, organization: Organization = "default", as_json: AsJson = False) -> None:
    """Show an organization's campaigns, newest first, with the state of the newest run of each.

    Example: `tidings campaign list --json`
    """
    from cli.campaign_list import show_campaigns  # noqa: PLC0415  # `tidings --help` must be quick

    show_campaigns(organization=organization, as_json=as_json)


@campaign_app.command()
def preview(
    campaign: Reference,
    *,
    samples: Annotated[int, typer.Option(min=0, max=100, help="How many texts to show.")] = 3,
    show_numbers: Annotated[bool, typer.Option("--show-numbers", help="Show phone numbers whole.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a start would do now: who is left out and why, segments, time, and a few of the texts.

    Every text of the audience is rendered and counted, so the figures are exact.

    Example: `tidings campaign preview "Autumn sale" --samples 5`
    """
    from cli.campaign_preview import show_preview  # noqa: PLC0415  # `tidings --help` must be quick

    show_preview(campaign, samples=samples, show_numbers=show_numbers, as_json=as_json)


@campaign_app.command()
def start(
    campaign: Reference,
    *,
    wait: Annotated[bool, typer.Option("--wait", help="Follow it until nothing is left to send.")] = False,
    occurrence: Annotated[
        str, typer.Option(help="A label of this sending; another one sends to the whole audience again.")
    ] = "once",
    as_json: AsJson = False,
) -> None:
    """Start sending a campaign, now or at its `send_at`. Starting again sends only to those not sent to yet.

    With `--wait` the exit status is 0 when all is done, 3 when it is not known of a message whether it was sent,
    and 1 when messages are left that nobody will send now. Ctrl-C only stops watching.

    Example: `tidings campaign start "Autumn sale" --wait`
    """
    from cli.campaign_start import start_and_follow  # noqa: PLC0415  # `tidings --help` must be quick

    start_and_follow(campaign, wait=wait, occurrence=occurrence, as_json=as_json)


@campaign_app.command()
def report(
    campaign: Reference,
    *,
    occurrence: Annotated[str, typer.Option(help="The label of the sending to report on.")] = "once",
    csv: Annotated[Path | None, typer.Option(help="Also write the figures to this file.", metavar="FILE")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what became of everyone in the audience; the states add up to it at any moment.

    Example: `tidings campaign report "Autumn sale" --csv autumn-sale.csv`
    """
    from cli.campaign_report import show_campaign_report  # noqa: PLC0415  # `tidings --help` must be quick

    show_campaign_report(campaign, occurrence=occurrence, csv=csv, as_json=as_json)
