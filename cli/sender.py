"""`tidings sender …`: what messages are sent from, how it is registered, and where it may send."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.organization_option import Organization

sender_app = typer.Typer(
    name="sender",
    help="What messages are sent from: numbers, registrations, rates, countries.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

_NAME = "marketing, transactional, or a Messaging Service's SID"
Name = Annotated[str, typer.Argument(help=f"{_NAME[0].upper()}{_NAME[1:]}.", metavar="SENDER")]
AnyName = Annotated[str | None, typer.Argument(help=f"Only this one: {_NAME}.", metavar="[SENDER]")]
OnChannel = Annotated[Literal["sms", "whatsapp"], typer.Option("--channel", help="Which of its purpose.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@sender_app.command()
def show(
    sender: AnyName = None,
    *,
    channel: OnChannel = "sms",
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show senders with their rate and with what is known of their numbers.

    Example: `tidings sender show marketing`
    """
    from cli.sender_numbers import show_senders  # noqa: PLC0415  # `tidings --help` must be quick

    show_senders(sender, channel=channel, organization=organization, as_json=as_json)


@sender_app.command("set")
def set_(
    sender: Name,
    file: Annotated[Path, typer.Argument(help="A YAML file that lists its numbers.", metavar="FILE")],
    *,
    channel: OnChannel = "sms",
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Say what a sender sends from: the numbers and names of its Messaging Service, and their registrations.

    From then on it goes no faster than these may, and nothing is sent where none of them may send. What was said
    before is replaced.

    Example: `tidings sender set marketing marketing-numbers.yaml`
    """
    from cli.sender_numbers import set_numbers  # noqa: PLC0415  # `tidings --help` must be quick

    set_numbers(sender, file, channel=channel, organization=organization, as_json=as_json)


@sender_app.command()
def check(
    sender: AnyName = None,
    *,
    to: Annotated[str | None, typer.Option(help="Only about sending to this country: US, GB …")] = None,
    channel: OnChannel = "sms",
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Say what would keep messages from arriving, and what is worth knowing; exit status 1 for a problem.

    Example: `tidings sender check --to US`
    """
    from cli.sender_check import check_senders  # noqa: PLC0415  # `tidings --help` must be quick

    check_senders(sender, channel=channel, country=to, organization=organization, as_json=as_json)
