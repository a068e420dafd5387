"""`tidings events …`: who is told what happens. The work is in modules of their own, so that help is quick."""

from typing import Annotated
from uuid import UUID

import typer

from cli.organization_option import Organization

events_app = typer.Typer(
    name="events",
    help="Tell other systems what happens: signed webhooks, or runs of a Prefect deployment.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Subscription = Annotated[
    UUID, typer.Argument(help="Its id, as `tidings events list` shows it.", metavar="SUBSCRIPTION")
]


@events_app.command()
def subscribe(
    address: Annotated[
        str, typer.Argument(help="An https address, or with --prefect a deployment as flow/deployment.")
    ],
    *,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only these events; may be given several times [default: all].")
    ] = None,
    include_content: Annotated[
        bool, typer.Option("--include-content", help="Send numbers and texts of messages along, not only ids.")
    ] = False,
    prefect: Annotated[
        bool, typer.Option("--prefect", help="Run this deployment for each event, with the parameter `event`.")
    ] = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Tell an address what happens from now on, and print the secret that its signatures are verified with.

    Signatures are those of https://www.standardwebhooks.com, for which there are libraries. Events:
    message.received, message.status, message.planned, conversation.changed, consent.changed, campaign.changed,
    appointment.changed, review.opened, review.decided, survey.finished, alert.raised, alert.ended.

    Example: `tidings events subscribe https://example.com/tidings --kind message.received --include-content`
    """
    from cli.events_subscriptions import make  # noqa: PLC0415  # `tidings --help` must be quick

    make(
        address,
        kinds=kind or [],
        include_content=include_content,
        prefect=prefect,
        organization=organization,
        as_json=as_json,
    )


@events_app.command("list")
def list_(*, organization: Organization = "default", as_json: AsJson = False) -> None:
    """Show who is told what, and whether it works.

    Example: `tidings events list`
    """
    from cli.events_subscriptions import show  # noqa: PLC0415  # `tidings --help` must be quick

    show(organization=organization, as_json=as_json)


@events_app.command()
def unsubscribe(
    subscription: Subscription, *, organization: Organization = "default", as_json: AsJson = False
) -> None:
    """Tell it nothing more, not even what is still to be delivered.

    Example: `tidings events unsubscribe 0199f0aa-5c1e-7000-8000-000000000000`
    """
    from cli.events_subscriptions import end  # noqa: PLC0415  # `tidings --help` must be quick

    end(subscription, organization=organization, as_json=as_json)


@events_app.command()
def resume(subscription: Subscription, *, organization: Organization = "default", as_json: AsJson = False) -> None:
    """Set one going again that failed for a day or answered 410; it goes on where it stopped.

    Example: `tidings events resume 0199f0aa-5c1e-7000-8000-000000000000`
    """
    from cli.events_subscriptions import set_going  # noqa: PLC0415  # `tidings --help` must be quick

    set_going(subscription, organization=organization, as_json=as_json)


@events_app.command()
def deliveries(
    *,
    subscription: Annotated[UUID | None, typer.Option(help="Only those to this subscription.")] = None,
    state: Annotated[str | None, typer.Option(help="Only those pending, delivered or given_up.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most, newest first.")] = 50,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show what was told, what is to be tried again and when, and why it failed.

    Example: `tidings events deliveries --state given_up`
    """
    from cli.events_deliveries import show  # noqa: PLC0415  # `tidings --help` must be quick

    show(subscription=subscription, state=state, limit=limit, organization=organization, as_json=as_json)


@events_app.command()
def redeliver(
    delivery: Annotated[int | None, typer.Argument(help="One delivery by its id.", metavar="DELIVERY")] = None,
    *,
    subscription: Annotated[UUID | None, typer.Option(help="All that this subscription was given up for.")] = None,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Deliver again what was given up, or one delivery whatever became of it. The event keeps its id.

    Example: `tidings events redeliver 4711`
    """
    from cli.events_deliveries import again  # noqa: PLC0415  # `tidings --help` must be quick

    again(delivery, subscription=subscription, organization=organization, as_json=as_json)


@events_app.command("test")
def try_out(
    subscription: Subscription, *, organization: Organization = "default", as_json: AsJson = False
) -> None:
    """Send an event of the kind `test`, and say what the other system answered.

    Example: `tidings events test 0199f0aa-5c1e-7000-8000-000000000000`
    """
    from cli.events_deliveries import try_out as work  # noqa: PLC0415  # `tidings --help` must be quick

    work(subscription, organization=organization, as_json=as_json)
