"""`tidings quiet-hours`: when a number may be written to, and by which rules."""

from datetime import datetime
from typing import Annotated

import typer

from cli.organization_option import Organization


def quiet_hours(
    phone: Annotated[str, typer.Argument(help="A number, as a person writes it.", metavar="PHONE")],
    *,
    at: Annotated[
        datetime | None, typer.Option(help="Another moment than now; UTC without an offset.", metavar="TIME")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="The time zone, if not the one stored.", metavar="ZONE")] = None,
    postcode: Annotated[str | None, typer.Option(help="The postcode, if not the one stored.")] = None,
    region: Annotated[str | None, typer.Option(help="The state, if not the one stored, like US-FL.")] = None,
    organization: Organization = "default",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show where a number's person may be, the rules there with their sources, and the next hour that all allow.

    What is stored of the contact counts before what the number tells.

    Example: `tidings quiet-hours "+1 212 555 0123" --at 2026-11-24T02:30:00`
    """
    from cli.quiet_hours_of_number import Asked, show_hours  # noqa: PLC0415  # `tidings --help` must be quick

    show_hours(Asked(phone, organization, at, zone, postcode, region), as_json=as_json)
