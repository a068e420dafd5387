"""`tidings consent review …`: texts that may be a refusal, and the decision on each."""

import sys
from typing import Annotated

import typer

from cli.organization_option import Organization

review_app = typer.Typer(
    name="review",
    help="Decide on texts that may be a refusal; until then their people get no marketing.",
    rich_markup_mode="markdown",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Numbers = Annotated[bool, typer.Option("--show-numbers", help="Show phone numbers whole.")]


def on_a_terminal() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@review_app.callback(invoke_without_command=True)
def review(context: typer.Context, *, organization: Organization = "default") -> None:
    """Go through what waits, one text after the other. Without a terminal: list it.

    Example: `tidings consent review`
    """
    if context.invoked_subcommand is not None:
        return
    from cli.consent_review_work import ask_for_each, show_reviews  # noqa: PLC0415  # `--help` must be quick

    if on_a_terminal():
        ask_for_each(organization)
    else:
        show_reviews(organization, every=False, show_numbers=False, limit=50, as_json=False)


@review_app.command("list")
def list_(
    *,
    every: Annotated[bool, typer.Option("--all", help="Those that were decided too.")] = False,
    show_numbers: Numbers = False,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 50,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Show what waits for a decision, the oldest first.

    Example: `tidings consent review list`
    """
    from cli.consent_review_work import show_reviews  # noqa: PLC0415  # `--help` must be quick

    show_reviews(organization, every=every, show_numbers=show_numbers, limit=limit, as_json=as_json)


@review_app.command()
def decide(
    review_id: Annotated[int, typer.Argument(help="Its id, as `tidings consent review list` shows it.", min=1)],
    *,
    keep: Annotated[bool, typer.Option("--keep", help="It was no refusal: marketing goes on.")] = False,
    opt_out: Annotated[bool, typer.Option("--opt-out", help="It was one: the person gets nothing more.")] = False,
    actor: Annotated[str | None, typer.Option(help="Who decides; you, if it is left out.")] = None,
    organization: Organization = "default",
    as_json: AsJson = False,
) -> None:
    """Decide on one text. It is written to the ledger, with who decided.

    Example: `tidings consent review decide 17 --keep`
    """
    if keep == opt_out:
        raise typer.BadParameter("Say one of --keep and --opt-out.")
    from cli.consent_review_work import decide_one  # noqa: PLC0415  # `--help` must be quick

    decide_one(organization, review_id, keep=keep, actor=actor, as_json=as_json)
