"""`tidings status`: where the stack listens, and whether every part is well."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from deployments.health import Health
    from deployments.stack import Stack


def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the addresses and the health of the stack that runs on TIDINGS_HOME.

    Exit status 1 when it does not run, or a part is not well.

    Example: `tidings status --json`
    """
    from deployments.health import check  # noqa: PLC0415  # `tidings --help` must be quick
    from deployments.stack import StackNotRunning, find_stack  # noqa: PLC0415
    from messaging.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    stack = find_stack(settings.tidings_home)
    if stack is None:
        home = settings.tidings_home.absolute()
        if as_json:
            print(json.dumps({"running": False, "home": str(home)}))  # noqa: T201
        raise StackNotRunning(f"No stack runs on {home}; start it with `tidings up`.")
    health = check(
        stack.state.addresses,
        database_url=settings.tidings_database_url or stack.database_url,
        serve=stack.state.processes.get("serve"),
    )
    alerts = _open_alerts()
    unknown = _unknown_senders()
    reviews = _open_reviews()
    if as_json:
        _show_json(stack, health, alerts, unknown, reviews)
    else:
        _show(stack, health, alerts, unknown, reviews)
    _warn_of_weak_ledger(settings.tidings_database_url or stack.database_url)
    _require_well(stack, health)


def _open_alerts() -> int | None:
    """How many alerts are open; None while the database cannot say."""
    from cli.alerts_list import count_open_alerts  # noqa: PLC0415  # `tidings --help` must be quick

    return count_open_alerts()


def _open_reviews() -> int | None:
    """How many texts that may be a refusal wait for a person."""
    from cli.consent_review_work import count_waiting  # noqa: PLC0415  # see above

    return count_waiting()


def _warn_of_weak_ledger(database_url: str | None) -> None:
    from cli.output import people  # noqa: PLC0415
    from deployments.ledger_check import ledger_warning  # noqa: PLC0415

    warning = ledger_warning(database_url) if database_url else None
    if warning is not None:
        people().print(warning, style="yellow")


def _unknown_senders() -> int | None:
    """Of how many senders nobody has said enough for their registration to be checked."""
    from cli.sender_check import count_unknown_senders  # noqa: PLC0415  # see above

    return count_unknown_senders()


def _show_json(
    stack: "Stack", health: "dict[str, Health]", alerts: int | None, unknown: int | None, reviews: int | None
) -> None:
    addresses = stack.state.addresses.model_dump()
    shown = {
        "running": True,
        "phase": stack.state.phase,
        "home": str(stack.home.path),
        "addresses": addresses,
        **addresses,
        "alerts": alerts,
        "consent_reviews": reviews,
        "unknown_senders": unknown,
        "quiet_hours": stack.state.quiet_hours,
        "clock": stack.state.clock,
        "health": {part: asdict(found) for part, found in health.items()},
    }
    print(json.dumps(shown))  # noqa: T201


def _show(
    stack: "Stack", health: "dict[str, Health]", alerts: int | None, unknown: int | None, reviews: int | None
) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from messaging.business_clock import BusinessClock  # noqa: PLC0415

    table = Table("Part", "Health", title=f"Tidings on {stack.home.path}", title_justify="left")
    table.add_column("Address", overflow="fold")  # addresses are for copying: never cut short
    addresses = stack.state.addresses.model_dump()
    for part, found in health.items():
        table.add_row(part, Text(found.detail, style="green" if found.ok else "red"), addresses.get(part) or "")
    Console().print(table)
    if not stack.state.quiet_hours:
        Console().print("Quiet hours are off (TIDINGS_QUIET_HOURS): messages leave at any hour.")
    if stack.state.clock:
        Console().print(BusinessClock.read(stack.state.clock).sentence)
    if alerts:
        Console().print(f"{alerts} alert{'s are' if alerts > 1 else ' is'} open; see `tidings alerts`.")
    if reviews:
        texts = f"{reviews} text{'s' if reviews > 1 else ''}"
        Console().print(f"{texts} may be a refusal; marketing is held until you decide: `tidings consent review`.")
    if unknown:
        Console().print("Nobody has said how all senders are registered; see `tidings sender check`.")


def _require_well(stack: "Stack", health: "dict[str, Health]") -> None:
    from deployments.stack_state import Phase  # noqa: PLC0415
    from messaging.errors import TidingsError  # noqa: PLC0415

    for part, found in health.items():
        if not found.ok:
            raise TidingsError(f"{part} is not well: {found.detail}; its log is in {stack.home.logs}.")
    if stack.state.phase is not Phase.READY:
        raise TidingsError(f"The stack is {stack.state.phase}; ask again in a moment.")
