"""`tidings contacts unreachable|reach`: numbers that Twilio says cannot be reached, and what ends that."""

from typing import Annotated

import typer

from cli.organization_option import Organization

OnlyCode = Annotated[int | None, typer.Option("--code", help="Only those that this code of Twilio's has marked.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def unreachable(
    *,
    code: OnlyCode = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many to list.")] = 50,
    show_numbers: Annotated[bool, typer.Option("--show-numbers", help="Print whole numbers.")] = False,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """List whose numbers are not written to, because Twilio says that they cannot be reached.

    Example: `tidings contacts unreachable --code 30006`
    """
    from cli.contacts_unreachable import show_unreachable  # noqa: PLC0415  # `tidings --help` must be quick

    show_unreachable(organization, code=code, limit=limit, show_numbers=show_numbers, as_json=as_json)


def reach(
    phone: Annotated[str | None, typer.Argument(help="A number that works.")] = None,
    *,
    code: OnlyCode = None,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Say that a number works after all, or all those that a code had marked; they are written to again.

    A person who writes says so by that. After a wrong setting at Twilio, such as a sender without a route (21612),
    end it for everyone by the code.

    Example: `tidings contacts reach +12025550123`
    """
    from cli.contacts_unreachable import end_unreachable  # noqa: PLC0415  # see above

    if (phone is None) == (code is None):
        raise typer.BadParameter("Name a number, or a code with --code.")
    end_unreachable(organization, phone=phone, code=code, as_json=as_json)
