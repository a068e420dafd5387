"""`tidings messages …`: send one, look at messages, and settle those whose answer was lost."""

from typing import Annotated, Literal

import typer

from cli.organization_option import Organization

messages_app = typer.Typer(
    name="messages",
    help="Send a message, look at messages, and settle those whose answer was lost.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Kind = Annotated[
    Literal["transactional", "marketing"],
    typer.Option("--type", help="What it is for; marketing goes only to those who agreed to it."),
]
Channel = Annotated[Literal["sms", "whatsapp"], typer.Option(help="How to reach them.")]
ShowNumbers = Annotated[bool, typer.Option("--show-numbers", help="Show phone numbers whole.")]


@messages_app.command("list")
def list_(
    *,
    state: Annotated[str | None, typer.Option(help="Only those in this state, such as unknown.")] = None,
    campaign: Annotated[str | None, typer.Option(help="Only those of this campaign: its id or name.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 20,
    show_numbers: ShowNumbers = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show outbound messages, newest first.

    Example: `tidings messages list --state unknown --campaign "Autumn sale"`
    """
    from cli.messages_list import show_messages  # noqa: PLC0415  # `tidings --help` must be quick

    show_messages(
        organization, state=state, campaign=campaign, limit=limit, show_numbers=show_numbers, as_json=as_json
    )


@messages_app.command()
def show(
    message: Annotated[int, typer.Argument(help="Its number, as `tidings messages list` shows it.", metavar="ID")],
    *,
    show_numbers: ShowNumbers = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show one message: its text, every status that Twilio reported, and how a lost answer was settled.

    Example: `tidings messages show 4711`
    """
    from cli.messages_list import show_message  # noqa: PLC0415  # `tidings --help` must be quick

    show_message(organization, message, show_numbers=show_numbers, as_json=as_json)


@messages_app.command()
def send(
    *,
    body: Annotated[str, typer.Option(help="The text.")] = "",
    to: Annotated[str | None, typer.Option(help="The number to write to.", metavar="NUMBER")] = None,
    contact: Annotated[int | None, typer.Option(help="The contact to write to.", metavar="ID")] = None,
    media: Annotated[
        list[str] | None, typer.Option(help="An https address to send along; may be repeated.", metavar="URL")
    ] = None,
    kind: Kind = "transactional",
    topic: Annotated[str, typer.Option(help="What it is about; every topic if not given.")] = "",
    channel: Channel = "sms",
    idempotency_key: Annotated[
        str | None, typer.Option(help="The same key is the same message, however often it is sent.", metavar="KEY")
    ] = None,
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="Keep the text only until it is sent: for codes and the like.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until Twilio has taken it.")] = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Send one message to a number or a contact, by the same path as a campaign's.

    Exit status 1 when it is not sent, 3 when it is not known yet whether it was.

    Example: `tidings messages send --to +12025550123 --body "Your table is ready." --idempotency-key order-17`
    """
    from cli.messages_send import Order, send_message  # noqa: PLC0415  # `tidings --help` must be quick

    if (to is None) == (contact is None):
        raise typer.BadParameter("Say one of --to NUMBER and --contact ID.")
    order = Order(
        to=to if to is not None else contact or 0,
        body=body,
        media=tuple(media or ()),
        kind=kind,
        topic=topic,
        channel=channel,
        key=idempotency_key,
        sensitive=sensitive,
    )
    send_message(organization, order, wait=wait, as_json=as_json)


@messages_app.command()
def resume(
    *,
    kind: Kind = "transactional",
    channel: Channel = "sms",
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Let a sender go on that was paused, once you have mended what paused it; its campaigns go on too.

    Example: `tidings messages resume --channel whatsapp`
    """
    from cli.messages_resume import resume_sender  # noqa: PLC0415  # `tidings --help` must be quick

    resume_sender(organization, kind=kind, channel=channel, as_json=as_json)


@messages_app.command()
def settle(
    message: Annotated[int | None, typer.Argument(help="The message to decide on.", metavar="[ID]")] = None,
    *,
    review: Annotated[bool, typer.Option("--review", help="List what a person must decide.")] = False,
    adopt: Annotated[
        str | None, typer.Option(help="It was sent: it is the one with this SID.", metavar="SID")
    ] = None,
    resend: Annotated[bool, typer.Option("--resend", help="It was not sent: send it again.")] = False,
    give_up: Annotated[bool, typer.Option("--give-up", help="Count it as failed; do not send it.")] = False,
    show_numbers: ShowNumbers = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Find out what became of messages whose answer was lost, now instead of at the next sweep.

    Twilio's list of messages is the witness: a message is taken as sent only when exactly its text went to its
    number, and sent again only when nothing did. What is less clear waits for a person: `--review` lists it with
    the evidence, and with an ID one of `--adopt SID`, `--resend` and `--give-up` decides.

    Example: `tidings messages settle 4711 --resend`
    """
    from cli.messages_settle import decide, settle_now, show_reviews  # noqa: PLC0415  # `--help` must be quick

    if message is not None:
        decide(organization, message, adopt_sid=adopt, resend=resend, give_up=give_up, as_json=as_json)
    elif adopt or resend or give_up:
        raise typer.BadParameter("--adopt, --resend and --give-up decide on one message; name it by its ID.")
    elif review:
        show_reviews(organization, show_numbers=show_numbers, as_json=as_json)
    else:
        settle_now(organization, as_json=as_json)
