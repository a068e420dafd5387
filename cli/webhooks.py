"""`tidings webhooks …`: what Twilio delivered; handle it again, and hear what was missed."""

from typing import Annotated

import typer

webhooks_app = typer.Typer(
    name="webhooks",
    help="Look after what Twilio delivers: handle it again, and hear what was missed.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
OneOrAll = Annotated[
    str | None,
    typer.Option(
        "--organization", envvar="TIDINGS_ORGANIZATION", help="Only of this organization.", metavar="SLUG"
    ),
]
Since = Annotated[
    str | None, typer.Option(help="Received from then on: a time, or how long ago, such as 2h.", metavar="TIME")
]


@webhooks_app.command()
def replay(
    *,
    sid: Annotated[
        str | None, typer.Option(help="All that was delivered about this message.", metavar="SID")
    ] = None,
    since: Since = None,
    until: Annotated[str | None, typer.Option(help="Received before then.", metavar="TIME")] = None,
    organization: OneOrAll = None,
    from_archive: Annotated[
        bool, typer.Option("--from-archive", help="Read it from TIDINGS_WEBHOOK_ARCHIVE.")
    ] = False,
    archive: Annotated[str | None, typer.Option(help="Read it from this archive.", metavar="URL")] = None,
    as_json: AsJson = False,
) -> None:
    """Handle stored webhooks again, as when they came; what was handled before changes nothing.

    From an archive, deliveries that the database lacks are put there first, so that one restored from a backup
    catches up.

    Example: `tidings webhooks replay --since 2h`
    """
    from cli.webhooks_replay import replay_webhooks  # noqa: PLC0415  # `tidings --help` must be quick

    replay_webhooks(
        sid=sid,
        since=since,
        until=until,
        organization=organization,
        from_archive=from_archive,
        archive=archive,
        as_json=as_json,
    )


@webhooks_app.command()
def failed(
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    organization: OneOrAll = None,
    as_json: AsJson = False,
) -> None:
    """Show webhooks that could not be handled, newest first: the reason, and when each is tried again.

    Example: `tidings webhooks failed`
    """
    from cli.webhooks_failed import show_failed  # noqa: PLC0415  # `tidings --help` must be quick

    show_failed(organization=organization, limit=limit, as_json=as_json)


@webhooks_app.command("catch-up")
def catch_up(*, since: Since = None, organization: OneOrAll = None, as_json: AsJson = False) -> None:
    """Ask Twilio now what people wrote, and handle what no webhook brought; the sweep does so after an outage.

    Without `--since`, from the last time on that all was here.

    Example: `tidings webhooks catch-up --since 6h`
    """
    from cli.webhooks_catch_up import catch_up_now  # noqa: PLC0415  # `tidings --help` must be quick

    catch_up_now(since=since, organization=organization, as_json=as_json)
