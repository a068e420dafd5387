"""`tidings contacts export|erase|erasures`: what a person may ask for about themselves."""

from pathlib import Path
from typing import Annotated

import typer

from cli.organization_option import Organization

Phone = Annotated[str, typer.Argument(help="The person's number.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def export(
    phone: Phone,
    *,
    out: Annotated[Path | None, typer.Option(help="A new file [default: standard output].")] = None,
    organization: Organization = "default",
) -> None:
    """Write everything that is kept of a person as one JSON object.

    Contact, consents with their ledger, messages in and out, conversations, surveys, media, raw webhooks: for a
    request to see one's data (GDPR, article 15; CCPA).

    Example: `tidings contacts export +12025550123 --out ada.json`
    """
    from cli.contacts_export import export_contact  # noqa: PLC0415  # `tidings --help` must be quick

    export_contact(organization, phone, out=out)


def erase(
    phone: Phone,
    *,
    actor: Annotated[str, typer.Option(help="Who erases; kept in the audit trail.")],
    why: Annotated[str, typer.Option(help="Why; kept in the audit trail, so without names and numbers.")],
    at_twilio: Annotated[bool, typer.Option("--at-twilio", help="Delete Twilio's copies too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Erase all that is kept of a person, for good, and see to it that nobody takes them in again.

    Nothing is sent to them from the first moment on. Messages stay as rows without a person, so reports still add
    up. What remains is a keyed hash of the number, which imports and messages are checked against, and an entry in
    `tidings contacts erasures`. When it is broken off, run it again.

    Example: `tidings contacts erase +12025550123 --actor ada --why "request of 2 March" --at-twilio`
    """
    from cli.contacts_erase import erase_contact  # noqa: PLC0415  # see above

    erase_contact(organization, phone, actor=actor, why=why, at_twilio=at_twilio, yes=yes, as_json=as_json)


def erasures(*, organization: Organization = "default", as_json: AsJson = False) -> None:
    """List what was erased: when, by whom, why and how much; never whose.

    Example: `tidings contacts erasures`
    """
    from cli.contacts_erase import show_erasures  # noqa: PLC0415  # see above

    show_erasures(organization, as_json=as_json)
