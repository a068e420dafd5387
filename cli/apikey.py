"""`tidings apikey …`: keys of the JSON API. The work is in modules of their own, so that help is quick."""

from datetime import datetime
from typing import Annotated

import typer

apikey_app = typer.Typer(
    name="apikey",
    help="Make, list and revoke keys of the JSON API.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

Organization = Annotated[
    str, typer.Option(help="Whose keys, by the organization's short name.", envvar="TIDINGS_ORGANIZATION")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@apikey_app.command()
def create(
    *,
    scope: Annotated[
        list[str], typer.Option(help="What it may do, such as messages:send; may be given several times.")
    ],
    organization: Organization = "default",
    name: Annotated[str, typer.Option(help="What it is for, to tell it from others.")] = "",
    expires: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
            help="When it ends; UTC without a zone.",
        ),
    ] = None,
    rate: Annotated[
        float | None, typer.Option(min=0.01, help="Requests a second [default: TIDINGS_API_REQUESTS_PER_SECOND].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it. It is shown this once only: Tidings keeps just a hash of it.

    Scopes: messages:read, messages:send, contacts:read, contacts:write, contacts:export, consents:read,
    consents:write, campaigns:read, campaigns:write, appointments:read, appointments:write, conversations:read,
    conversations:write, events:read, events:write, webhooks:read, webhooks:write, metrics:read; admin for all of
    them.

    Example: `tidings apikey create --scope messages:send --scope contacts:write --name "web shop"`
    """
    from cli.apikey_keys import make_key  # noqa: PLC0415  # `tidings --help` must be quick

    make_key(scope, organization=organization, name=name, expires=expires, rate=rate, as_json=as_json)


@apikey_app.command("list")
def list_(*, organization: Organization = "default", as_json: AsJson = False) -> None:
    """Show an organization's keys: what each may do, when it was last used, and whether it still holds.

    Example: `tidings apikey list --organization acme`
    """
    from cli.apikey_keys import show_keys  # noqa: PLC0415  # `tidings --help` must be quick

    show_keys(organization=organization, as_json=as_json)


@apikey_app.command()
def revoke(
    key: Annotated[
        str, typer.Argument(help="Its prefix or id, as `tidings apikey list` shows it.", metavar="KEY")
    ],
    *,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """End a key for good; the next request with it is refused.

    Example: `tidings apikey revoke 3fa9c1d20b77`
    """
    from cli.apikey_keys import end_key  # noqa: PLC0415  # `tidings --help` must be quick

    end_key(key, organization=organization, as_json=as_json)
