"""`tidings conversations …`: what people write, and who answers it."""

from typing import Annotated
from uuid import UUID

import typer

from cli.organization_option import Organization

conversations_app = typer.Typer(
    name="conversations",
    help="Read conversations, and say who answers in them.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Id = Annotated[
    UUID, typer.Argument(help="Its id, as `tidings conversations list` shows it.", metavar="CONVERSATION")
]


@conversations_app.command("list")
def list_(
    *,
    unread: Annotated[bool, typer.Option("--unread", help="Only those with unread messages.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 20,
    show_numbers: Annotated[bool, typer.Option("--show-numbers", help="Show phone numbers whole.")] = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show the latest conversations.

    Example: `tidings conversations list --unread`
    """
    from cli.conversation_list import show_list  # noqa: PLC0415  # `tidings --help` must be quick

    show_list(organization, unread=unread, limit=limit, show_numbers=show_numbers, as_json=as_json)


@conversations_app.command()
def show(
    conversation: Id,
    *,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many messages at most.")] = 20,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show a conversation's latest messages, oldest first.

    Example: `tidings conversations show 0198f3a2-…`
    """
    from cli.conversation_list import show_thread  # noqa: PLC0415  # `tidings --help` must be quick

    show_thread(organization, conversation, limit=limit, as_json=as_json)


@conversations_app.command()
def read(conversation: Id, *, organization: Organization = "default") -> None:
    """Mark a conversation as read.

    Example: `tidings conversations read 0198f3a2-…`
    """
    from cli.conversation_modes import mark_as_read  # noqa: PLC0415  # `tidings --help` must be quick

    mark_as_read(organization, conversation)


@conversations_app.command("hand-over")
def hand_over(
    conversation: Id,
    *,
    flow: Annotated[str, typer.Option(help="The flow of Twilio Studio that takes over.", metavar="FW…")],
    organization: Organization = "default",
) -> None:
    """Give a conversation to a flow of Twilio Studio, which is started a moment later.

    Example: `tidings conversations hand-over 0198f3a2-… --flow FW…`
    """
    from cli.conversation_modes import give_to_flow  # noqa: PLC0415  # `tidings --help` must be quick

    give_to_flow(organization, conversation, flow_sid=flow)


@conversations_app.command("take-back")
def take_back(conversation: Id, *, organization: Organization = "default") -> None:
    """Take a conversation back from a flow, a person or silence: the rules answer again.

    Example: `tidings conversations take-back 0198f3a2-…`
    """
    from cli.conversation_modes import give_to_rules  # noqa: PLC0415  # `tidings --help` must be quick

    give_to_rules(organization, conversation)
