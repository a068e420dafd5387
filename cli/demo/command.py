"""The command `tidings demo` itself; its work is in modules of their own, so that help is quick."""

from pathlib import Path
from typing import Annotated

import typer

INTERRUPTED = 130


def demo(
    *,
    home: Annotated[
        Path | None,
        typer.Option(
            help="A new or empty folder to use and leave there [default: a temporary one].", metavar="DIR"
        ),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave everything running at the end, until Ctrl-C.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object at the end; the story goes to standard error.")
    ] = False,
) -> None:
    """Watch all of it on a home of its own: import, two campaigns, replies, opt-outs, and a clinic's night.

    Nothing leaves this machine: Twilio is simulated, whatever the environment or `.env` says. At the end its
    promises are checked against what the simulated Twilio saw: exit status 0 when all were kept, else 1.

    Example: `tidings demo --keep`
    """
    from cli.demo.run import run  # noqa: PLC0415  # `tidings --help` must be quick

    try:
        run(home=home, keep=keep, as_json=as_json)
    except KeyboardInterrupt:
        typer.echo("Interrupted; everything was stopped.", err=True)
        raise typer.Exit(INTERRUPTED) from None
