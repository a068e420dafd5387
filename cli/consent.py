"""`tidings consent …`: who agreed to what, who said no, and how we know."""

from typing import Annotated, Literal

import typer

from cli.consent_review import review_app
from cli.organization_option import Organization

consent_app = typer.Typer(
    name="consent",
    help="Who agreed to what, who said no, and how we know.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
consent_app.add_typer(review_app)

Phone = Annotated[str, typer.Argument(help="A number; without a country in the organization's.", metavar="PHONE")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Method = Literal["web_form", "verbal", "written", "api", "double_opt_in", "soft_opt_in"]


@consent_app.command()
def show(phone: Phone, *, organization: Organization = "default", as_json: AsJson = False) -> None:
    """Tell a number's story: what was said when, how and in what words, what holds, what was sent since.

    Example: `tidings consent show +12025550123`
    """
    from cli.consent_show import show_consent  # noqa: PLC0415  # `tidings --help` must be quick

    show_consent(organization, phone, as_json=as_json)


@consent_app.command()
def record(
    phone: Phone,
    *,
    opt_in: Annotated[bool, typer.Option("--opt-in/--opt-out", help="Whether they agreed or said no.")],
    kind: Annotated[
        Literal["marketing", "transactional", "all"], typer.Option("--type", help="Which messages it is about.")
    ],
    source: Annotated[str, typer.Option(help="Where they told it: the form, call, event or system.")],
    method: Annotated[Method, typer.Option(help="How they told it.")],
    topic: Annotated[str, typer.Option(help="Only this topic.", show_default="every topic")] = "",
    channel: Annotated[
        Literal["sms", "whatsapp"], typer.Option(help="A no by SMS counts on every channel.")
    ] = "sms",
    given_at: Annotated[
        str | None,
        typer.Option("--at", help="When: 2026-03-02T15:00, or how long ago: 2h, 7d.", show_default="now"),
    ] = None,
    wording: Annotated[str | None, typer.Option(help="The words they agreed to.")] = None,
    wording_version: Annotated[str | None, typer.Option(help="Which version of these words it was.")] = None,
    ip: Annotated[str | None, typer.Option("--ip", help="The address they came from.")] = None,
    user_agent: Annotated[str | None, typer.Option(help="Their browser.")] = None,
    proof: Annotated[str | None, typer.Option(help="Where the original is: a form's id, a recording.")] = None,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Record what a person told you outside a message. A no holds at once; a yes never ends a STOP.

    Example: `tidings consent record +12025550123 --opt-out --type all --method verbal --source "a call"`
    """
    from cli.consent_record import Told, record_consent  # noqa: PLC0415  # `tidings --help` must be quick
    from models.consent.evidence import Evidence  # noqa: PLC0415

    evidence = Evidence(
        wording=wording, wording_version=wording_version, ip=ip, user_agent=user_agent, proof=proof
    )
    told = Told(
        agreed=opt_in,
        kind=kind,
        topic=topic,
        channel=channel,
        method=method,
        source=source,
        given_at=given_at,
        evidence=evidence,
    )
    record_consent(organization, phone, told, as_json=as_json)


@consent_app.command()
def rebuild(
    *,
    check: Annotated[bool, typer.Option("--check", help="Only look; change nothing.")] = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Derive every state of consent anew from the ledger, and tell where it was another.

    With `--check` the exit status is 1 when there is a difference. Messages may go on meanwhile.

    Example: `tidings consent rebuild --check`
    """
    from cli.consent_rebuild import rebuild_consents  # noqa: PLC0415  # `tidings --help` must be quick

    rebuild_consents(organization, check=check, as_json=as_json)
