"""`tidings replies …`: an organization's rules for automatic replies."""

from pathlib import Path
from typing import Annotated

import typer

from cli.organization_option import Organization

replies_app = typer.Typer(
    name="replies",
    help="Load, show and try an organization's rules for automatic replies.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@replies_app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A YAML file.", metavar="FILE")],
    *,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Make the rules in a file the organization's, from the next message on; a mistake is shown with its place.

    Example: `tidings replies load replies.yaml`
    """
    from cli.reply_rules import load_file  # noqa: PLC0415  # `tidings --help` must be quick

    load_file(file, organization=organization, as_json=as_json)


@replies_app.command()
def show(*, organization: Organization = "default", as_json: AsJson = False) -> None:
    """Print the rules as they were loaded.

    Example: `tidings replies show > replies.yaml`
    """
    from cli.reply_rules import show_rules  # noqa: PLC0415  # `tidings --help` must be quick

    show_rules(organization=organization, as_json=as_json)


@replies_app.command("try")
def try_(
    text: Annotated[str, typer.Argument(help="What a person writes.", metavar="TEXT")],
    *,
    file: Annotated[
        Path | None, typer.Option(help="Try this file's rules instead of those loaded.", metavar="FILE")
    ] = None,
    channel: Annotated[str, typer.Option(help="Where they write: sms or whatsapp.")] = "sms",
    contact: Annotated[int | None, typer.Option(help="Fill texts from this contact.", metavar="ID")] = None,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show what would be answered to a text; nothing is sent, asked or changed.

    Example: `tidings replies try "Opening hours?" --channel whatsapp`
    """
    from cli.reply_rules import try_text  # noqa: PLC0415  # `tidings --help` must be quick

    if channel not in ("sms", "whatsapp"):
        raise typer.BadParameter(f'there is no channel "{channel}"; known are sms, whatsapp.')
    try_text(text, file=file, channel=channel, contact=contact, organization=organization, as_json=as_json)


@replies_app.command()
def remove(*, organization: Organization = "default") -> None:
    """Take the organization's rules away; STOP, START and HELP are still obeyed.

    Example: `tidings replies remove`
    """
    from cli.reply_rules import remove_loaded  # noqa: PLC0415  # `tidings --help` must be quick

    remove_loaded(organization=organization)
