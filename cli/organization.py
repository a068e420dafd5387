"""`tidings organization …`: several organizations, each with its own Twilio account, secrets and senders."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from models.tenants.definition import Said

organization_app = typer.Typer(
    name="organization",
    help="Several organizations side by side, each with its own Twilio account.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

Slug = Annotated[str, typer.Argument(help="Its short name: small letters, digits and hyphens.", metavar="SLUG")]
Name = Annotated[str | None, typer.Option(help="Its name as people know it.")]
AccountSid = Annotated[str | None, typer.Option(help="Its own Twilio account or subaccount.", metavar="AC…")]
AuthToken = Annotated[
    str | None,
    typer.Option(help="Where the account's auth token lies: env:NAME or file:/path.", metavar="REFERENCE"),
]
SecondaryAuthToken = Annotated[
    str | None,
    typer.Option(
        help="Verifies webhooks too, while the auth token is replaced; `none` ends it.", metavar="REFERENCE"
    ),
]
ApiKeySid = Annotated[str | None, typer.Option(help="An API key for requests; `none` ends it.", metavar="SK…")]
ApiKeySecret = Annotated[str | None, typer.Option(help="Where the API key's secret lies.", metavar="REFERENCE")]
Marketing = Annotated[str | None, typer.Option(help="Its Messaging Service for marketing.", metavar="MG…")]
Transactional = Annotated[
    str | None, typer.Option(help="Its Messaging Service for everything else.", metavar="MG…")
]
WhatsApp = Annotated[str | None, typer.Option("--whatsapp", help="Its WhatsApp number.", metavar="+E164")]
Region = Annotated[str | None, typer.Option(help="Country of numbers without one: US, GB …")]
Rate = Annotated[float | None, typer.Option(min=0.001, help="SMS segments a second, of each of its senders.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@organization_app.command()
def create(
    slug: Slug,
    *,
    account_sid: Annotated[str, typer.Option(help="Its own Twilio account or subaccount.", metavar="AC…")],
    auth_token: Annotated[
        str, typer.Option(help="Where the account's auth token lies: env:NAME or file:/path.", metavar="REFERENCE")
    ],
    name: Name = None,
    secondary_auth_token: SecondaryAuthToken = None,
    api_key_sid: ApiKeySid = None,
    api_key_secret: ApiKeySecret = None,
    marketing: Marketing = None,
    transactional: Transactional = None,
    whatsapp: WhatsApp = None,
    region: Region = None,
    rate: Rate = None,
    as_json: AsJson = False,
) -> None:
    """Add an organization. Its secrets stay where they are: only where they lie is stored.

    A variable of `env:NAME` must be set where `tidings up` was started; a file is read anew when it changes.

    Example: `tidings organization create acme --account-sid AC… --auth-token env:ACME_TOKEN --marketing MG…`
    """
    from cli.organization_changes import create_and_show  # noqa: PLC0415  # `tidings --help` must be quick

    said = _said(
        name=name,
        account_sid=account_sid,
        tokens=(auth_token, secondary_auth_token),
        api_key=(api_key_sid, api_key_secret),
        senders=(transactional, marketing, whatsapp),
        region=region,
        rate=rate,
    )
    create_and_show(slug, said, as_json=as_json)


@organization_app.command("set")
def set_(
    slug: Slug,
    *,
    name: Name = None,
    account_sid: AccountSid = None,
    auth_token: AuthToken = None,
    secondary_auth_token: SecondaryAuthToken = None,
    api_key_sid: ApiKeySid = None,
    api_key_secret: ApiKeySecret = None,
    marketing: Marketing = None,
    transactional: Transactional = None,
    whatsapp: WhatsApp = None,
    region: Region = None,
    rate: Rate = None,
    as_json: AsJson = False,
) -> None:
    """Change what is named, and leave the rest. A sender that is replaced keeps its messages.

    Example: `tidings organization set acme --rate 20`
    """
    from cli.organization_changes import change_and_show  # noqa: PLC0415  # `tidings --help` must be quick

    said = _said(
        name=name,
        account_sid=account_sid,
        tokens=(auth_token, secondary_auth_token),
        api_key=(api_key_sid, api_key_secret),
        senders=(transactional, marketing, whatsapp),
        region=region,
        rate=rate,
    )
    change_and_show(slug, said, as_json=as_json)


@organization_app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """Show all organizations.

    Example: `tidings organization list --json`
    """
    from cli.organization_show import show_all  # noqa: PLC0415  # `tidings --help` must be quick

    show_all(as_json=as_json)


@organization_app.command()
def show(slug: Slug, *, as_json: AsJson = False) -> None:
    """Show one organization: its account, where its secrets lie, its senders.

    Example: `tidings organization show acme`
    """
    from cli.organization_show import show_one  # noqa: PLC0415  # `tidings --help` must be quick

    show_one(slug, as_json=as_json)


def _said(
    *,
    name: str | None,
    account_sid: str | None,
    tokens: tuple[str | None, str | None],
    api_key: tuple[str | None, str | None],
    senders: tuple[str | None, str | None, str | None],
    region: str | None,
    rate: float | None,
) -> "Said":
    from models.tenants.definition import Said  # noqa: PLC0415
    from models.tenants.senders import SenderAddresses  # noqa: PLC0415

    return Said(
        name=name,
        twilio_account_sid=account_sid,
        auth_token_ref=tokens[0],
        secondary_auth_token_ref=_or_nothing(tokens[1]),
        api_key_sid=_or_nothing(api_key[0]),
        api_key_secret_ref=api_key[1],
        default_region=region,
        senders=SenderAddresses(*senders),
        rate=rate,
    )


def _or_nothing(said: str | None) -> str | None:
    return "" if said == "none" else said
