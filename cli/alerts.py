"""`tidings alerts`: campaigns and senders in which too many messages fail, or too many people opt out."""

from typing import Annotated

import typer


def alerts(
    *,
    all_: Annotated[bool, typer.Option("--all", help="Those that have ended too.")] = False,
    organization: Annotated[
        str | None,
        typer.Option(
            "--organization", envvar="TIDINGS_ORGANIZATION", help="Only of this organization.", metavar="SLUG"
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List alerts: campaigns and senders in which too many messages fail, or too many people opt out.

    One is open until the rate has been below its threshold for five minutes.

    Example: `tidings alerts --all`
    """
    from cli.alerts_list import show_alerts  # noqa: PLC0415  # `tidings --help` must be quick

    show_alerts(organization, ended=all_, limit=limit, as_json=as_json)
