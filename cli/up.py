"""`tidings up`: the embedded stack, until Ctrl-C."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from deployments.stack_state import Addresses
    from messaging.settings import Settings


QUIET_HOURS_OFF = "Quiet hours are off: messages leave at any hour; unset TIDINGS_QUIET_HOURS to keep them."


def up(
    *,
    api_port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help="Port of the API (default: that of a loopback PUBLIC_BASE_URL, else any)."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the addresses as one JSON line when ready.")
    ] = False,
) -> None:
    """Start everything: PostgreSQL, Prefect, the API, and a simulator of Twilio when no account is set.

    Ctrl-C stops it. Data, logs and addresses are kept in TIDINGS_HOME (default `.tidings`).

    Example: `tidings up --api-port 8000`
    """
    from rich.console import Console  # noqa: PLC0415  # `tidings --help` must be quick

    from deployments.embedded import run  # noqa: PLC0415
    from messaging.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    people = Console(stderr=True, highlight=False, markup=False)
    logs = settings.tidings_home.absolute() / "logs"

    def ready(addresses: "Addresses") -> None:
        if as_json:
            print(json.dumps({"home": str(logs.parent), **addresses.model_dump()}), flush=True)  # noqa: T201
        else:
            _show(addresses, logs=logs)
        if settings.is_live:
            _warn_of_lost_callbacks(settings, people)
        _warn_of_weak_ledger(settings, people)
        if settings.clock is not None:
            people.print(settings.clock.sentence, style="yellow", soft_wrap=True)
        if not settings.tidings_quiet_hours:
            people.print(QUIET_HOURS_OFF, style="yellow", soft_wrap=True)

    run(
        settings,
        api_port=api_port,
        report=lambda line: people.print(line, style="dim", soft_wrap=True),
        ready=ready,
    )


def _warn_of_lost_callbacks(settings: "Settings", people: "Console") -> None:
    from messaging.errors import SettingsError  # noqa: PLC0415

    try:
        settings.require_reachable_callbacks()
    except SettingsError as error:
        people.print(f"Nothing will be sent yet: {error}", style="yellow", soft_wrap=True)


def _warn_of_weak_ledger(settings: "Settings", people: "Console") -> None:
    """The embedded database needs no warning: its roles are ours."""
    from deployments.ledger_check import ledger_warning  # noqa: PLC0415

    warning = ledger_warning(settings.tidings_database_url) if settings.tidings_database_url else None
    if warning is not None:
        people.print(warning, style="yellow", soft_wrap=True)


def _show(addresses: "Addresses", *, logs: Path) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title="Tidings is up; Ctrl-C stops it", show_header=False, title_justify="left")
    table.add_column()
    table.add_column(overflow="fold")  # addresses are for copying: never cut short
    table.add_row("Prefect UI", addresses.prefect)
    table.add_row("API", f"{addresses.api}/docs")
    if addresses.simulator is not None:
        table.add_row("Twilio simulator", addresses.simulator)
    table.add_row("Database", addresses.database)
    table.add_row("Logs", str(logs))
    Console().print(table)
