"""`tidings campaign …`: from a file to a report. The work is in modules of their own, so that help is quick."""

from pathlib import Path
from typing import Annotated

import typer

from cli.organization_option import Organization

campaign_app = typer.Typer(
    name="campaign",
    help="Create, preview, start and follow campaigns.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

Reference = Annotated[str, typer.Argument(help="Its id, or its name if no other has it.", metavar="ID")]
Occurrence = Annotated[str, typer.Option(help="The label of the sending.")]
Reason = Annotated[str | None, typer.Option(help="Why, for the timeline and the report.", metavar="TEXT")]
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
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show what a start would do now: who is left out and why, segments, time, and a few of the texts.

    Every text of the audience is rendered and counted, so the figures are exact.

    Example: `tidings campaign preview "Autumn sale" --samples 5`
    """
    from cli.campaign_preview import show_preview  # noqa: PLC0415  # `tidings --help` must be quick
    from cli.campaign_run import Wanted  # noqa: PLC0415

    show_preview(Wanted(organization, campaign), samples=samples, show_numbers=show_numbers, as_json=as_json)


@campaign_app.command()
def start(
    campaign: Reference,
    *,
    wait: Annotated[bool, typer.Option("--wait", help="Follow it until nothing is left to send.")] = False,
    occurrence: Annotated[
        str, typer.Option(help="A label of this sending; another one sends to the whole audience again.")
    ] = "once",
    shards: Annotated[
        int, typer.Option(min=1, max=32, help="How many flow runs send together, on as many workers as there are.")
    ] = 1,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Start sending a campaign, now or at its `send_at`. Starting again sends only to those not sent to yet.

    With `--wait` the exit status is 0 when all is done, 3 when it is not known of a message whether it was sent,
    and 1 when messages are left that nobody will send now. Ctrl-C only stops watching.

    Example: `tidings campaign start "Autumn sale" --wait`
    """
    from cli.campaign_run import Wanted  # noqa: PLC0415  # `tidings --help` must be quick
    from cli.campaign_start import start_and_follow  # noqa: PLC0415

    wanted = Wanted(organization, campaign, occurrence)
    start_and_follow(wanted, wait=wait, shards=shards, as_json=as_json)


@campaign_app.command()
def report(
    campaign: Reference,
    *,
    occurrence: Annotated[str, typer.Option(help="The label of the sending to report on.")] = "once",
    csv: Annotated[Path | None, typer.Option(help="Also write the figures to this file.", metavar="FILE")] = None,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show what became of everyone in the audience; the states add up to it at any moment.

    Example: `tidings campaign report "Autumn sale" --csv autumn-sale.csv`
    """
    from cli.campaign_report import show_campaign_report  # noqa: PLC0415  # `tidings --help` must be quick
    from cli.campaign_run import Wanted  # noqa: PLC0415

    show_campaign_report(Wanted(organization, campaign, occurrence), csv=csv, as_json=as_json)


@campaign_app.command()
def pause(
    campaign: Reference,
    *,
    occurrence: Occurrence = "once",
    reason: Reason = None,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Stop sending, on all workers within a second, until it is resumed. Nobody is lost.

    Example: `tidings campaign pause "Autumn sale" --reason "wrong price"`
    """
    from cli.campaign_control import pause_campaign  # noqa: PLC0415  # `tidings --help` must be quick
    from cli.campaign_run import Wanted  # noqa: PLC0415

    pause_campaign(Wanted(organization, campaign, occurrence), reason=reason, as_json=as_json)


@campaign_app.command()
def resume(
    campaign: Reference,
    *,
    occurrence: Occurrence = "once",
    reason: Reason = None,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Go on with what was paused, by a person or by an error that is mended now.

    Example: `tidings campaign resume "Autumn sale"`
    """
    from cli.campaign_control import resume_campaign  # noqa: PLC0415  # `tidings --help` must be quick
    from cli.campaign_run import Wanted  # noqa: PLC0415

    resume_campaign(Wanted(organization, campaign, occurrence), reason=reason, as_json=as_json)


@campaign_app.command()
def cancel(
    campaign: Reference,
    *,
    occurrence: Occurrence = "once",
    reason: Reason = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask at a terminal.")] = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """End a sending for good: whoever was not sent to yet will not be. What was sent stays sent.

    Example: `tidings campaign cancel "Autumn sale" --reason "sold out" --yes`
    """
    from cli.campaign_control import cancel_campaign  # noqa: PLC0415  # `tidings --help` must be quick
    from cli.campaign_run import Wanted  # noqa: PLC0415

    cancel_campaign(Wanted(organization, campaign, occurrence), reason=reason, yes=yes, as_json=as_json)


@campaign_app.command()
def rate(
    campaign: Reference,
    segments_per_second: Annotated[
        str, typer.Argument(help='SMS segments a second, or "sender" for the sender\'s own rate.')
    ],
    *,
    occurrence: Occurrence = "once",
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Change how fast a campaign is sent, while it is sent too; never faster than its sender.

    Example: `tidings campaign rate "Autumn sale" 50`
    """
    from cli.campaign_control import change_campaign_rate  # noqa: PLC0415  # `tidings --help` must be quick
    from cli.campaign_run import Wanted  # noqa: PLC0415

    change_campaign_rate(Wanted(organization, campaign, occurrence), segments_per_second, as_json=as_json)


@campaign_app.command()
def timeline(
    campaign: Reference,
    *,
    occurrence: Occurrence = "once",
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show what happened to a sending: planned, paused, resumed, flow runs and how they ended, by whom and why.

    Example: `tidings campaign timeline "Autumn sale"`
    """
    from cli.campaign_run import Wanted  # noqa: PLC0415  # `tidings --help` must be quick
    from cli.campaign_timeline import show_campaign_timeline  # noqa: PLC0415

    show_campaign_timeline(Wanted(organization, campaign, occurrence), as_json=as_json)
