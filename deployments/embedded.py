"""The whole stack under one supervisor: prepare the home, start, watch, stop in order."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deployments.addresses import addresses_of, decide_ports
from deployments.database_check import require_usable
from deployments.generated_secrets import keep_secrets
from deployments.home import Home
from deployments.home_lock import HomeInUse, hold
from deployments.leftovers import clear_leftovers
from deployments.part import RunningPart
from deployments.parts import parts_of
from deployments.postgres import PostgresServer, embedded_postgres, owner_address, write_passfiles
from deployments.postgres_cluster import Passwords
from deployments.prefect_api import require_prefect
from deployments.process_id import ProcessId
from deployments.resolution import complete
from deployments.shared_clock import shared_clock
from deployments.shutdown import stop_in_order
from deployments.stack_state import Addresses, Phase, StackState, load_state
from deployments.stop_request import StopRequest
from deployments.supervisor import Supervisor
from messaging.settings import Settings


def run(
    settings: Settings,
    *,
    api_port: int | None,
    report: Callable[[str], None],
    ready: Callable[[Addresses], None],
) -> None:
    """Runs the stack until Ctrl-C, SIGTERM or SIGHUP, then stops it in order.

    `report` takes lines for people; `ready` is called once, when every part answers. Raises a `TidingsError`
    when the stack cannot start or a part keeps dying; nothing is left running then.
    """
    home = Home.at(settings.tidings_home)
    home.prepare()
    with _alone_in(home):
        last = load_state(home)
        if last is not None:
            clear_leftovers(last)
        _require_external(settings)
        ports = decide_ports(settings, api_port=api_port, previous=last.ports if last else {})
        state = StackState(
            phase=Phase.STARTING,
            supervisor=ProcessId.of(os.getpid()),
            addresses=addresses_of(settings, home, ports),
            embedded_database="postgres" in ports,
            quiet_hours=settings.tidings_quiet_hours,
            clock=shared_clock(settings, last),
            ports={**(last.ports if last else {}), **ports},
        )
        state.save(home)
        _supervise(settings, home, state, ports, report=report, ready=ready)


@contextmanager
def _alone_in(home: Home) -> Iterator[None]:
    try:
        with hold(home):
            yield
    except HomeInUse as error:
        state = load_state(home)
        if state is None:
            raise
        at = state.addresses
        raise HomeInUse(
            f"Tidings already runs on {home.path}: API {at.api}, Prefect UI {at.prefect}; stop it with Ctrl-C "
            f"where it was started (process {state.supervisor.pid}), or set TIDINGS_HOME to another folder."
        ) from error


def _require_external(settings: Settings) -> None:
    if settings.tidings_database_url is not None:
        require_usable(settings.tidings_database_url)
        if settings.tidings_owner_database_url is not None:
            require_usable(settings.tidings_owner_database_url, setting="TIDINGS_OWNER_DATABASE_URL")
    if settings.prefect_api_url is not None:
        require_prefect(settings.prefect_api_url)


def _supervise(
    settings: Settings,
    home: Home,
    state: StackState,
    ports: dict[str, int],
    *,
    report: Callable[[str], None],
    ready: Callable[[Addresses], None],
) -> None:
    generated = keep_secrets(home)
    passwords = Passwords(generated.database_password, generated.owner_password)
    write_passfiles(home, passwords)
    whole = complete(settings, state.addresses, generated, database_url=state.addresses.database)
    whole = whole.model_copy(update={"tidings_clock": state.clock})
    stop = StopRequest()
    stop.listen()

    def noted(running: Sequence[RunningPart]) -> None:
        state.processes = {child.part.name: child.identity for child in running if child.identity is not None}
        state.save(home)

    if "postgres" in ports:
        owner = owner_address(home, ports["postgres"])
        whole = whole.model_copy(update={"tidings_owner_database_url": owner})

    with _postgres(home, state, ports, passwords) as postgres:
        parts = parts_of(whole, home, addresses=state.addresses, ports=ports, postgres=postgres)
        supervisor = Supervisor(parts, stop=stop, report=report, noted=noted)
        try:
            supervisor.start()
            if not stop.made:
                _move(state, home, Phase.READY)
                ready(state.addresses)
            supervisor.watch()
            report("Stopping; Ctrl-C again hastens it")
        finally:
            _move(state, home, Phase.STOPPING)
            stop_in_order(supervisor.running, request=stop)
            _move(state, home, Phase.STOPPED)


@contextmanager
def _postgres(
    home: Home, state: StackState, ports: dict[str, int], passwords: Passwords
) -> Iterator[PostgresServer | None]:
    """The embedded server, not yet started, with its copied binaries deleted at the end; None when external."""
    if "postgres" not in ports:
        yield None
        return
    server, copy = embedded_postgres(home, port=ports["postgres"], passwords=passwords)
    state.copied_binaries = None if copy is None else str(copy)
    state.save(home)
    try:
        yield server
    finally:
        if copy is not None:
            shutil.rmtree(Path(copy), ignore_errors=True)


def _move(state: StackState, home: Home, phase: Phase) -> None:
    state.phase = phase
    state.save(home)
