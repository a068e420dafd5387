"""`tidings policy …`: what an organization has decided about consent, hours, caps and retention."""

from pathlib import Path
from typing import Annotated

import typer

from cli.organization_option import Organization

policy_app = typer.Typer(
    name="policy",
    help="What an organization has decided about consent, hours, caps and retention.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

File = Annotated[Path, typer.Argument(help="A YAML file.", metavar="FILE")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@policy_app.command()
def show(*, organization: Organization = "default", as_json: AsJson = False) -> None:
    """Print the policy with every default spelled out, as a file that can be changed and set.

    Example: `tidings policy show > policy.yaml`
    """
    from cli.policy_files import show_policy  # noqa: PLC0415  # `tidings --help` must be quick

    show_policy(organization=organization, as_json=as_json)


@policy_app.command()
def check(file: File, *, as_json: AsJson = False) -> None:
    """Check a file and print what it would mean, with every default; nothing is changed.

    Example: `tidings policy check policy.yaml`
    """
    from cli.policy_files import check_file  # noqa: PLC0415  # `tidings --help` must be quick

    check_file(file, as_json=as_json)


@policy_app.command("set")
def set_(file: File, *, organization: Organization = "default", as_json: AsJson = False) -> None:
    """Make a file the organization's policy, from the next message on; a mistake is shown with its place.

    Example: `tidings policy set policy.yaml`
    """
    from cli.policy_files import set_file  # noqa: PLC0415  # `tidings --help` must be quick

    set_file(file, organization=organization, as_json=as_json)
