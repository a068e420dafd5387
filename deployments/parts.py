"""The parts of a stack, from the settings: what runs, with which command, needing what."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial

from deployments.children import spawn
from deployments.database_check import database_problem
from deployments.environment import environment_for
from deployments.home import Home
from deployments.http_check import http_problem
from deployments.part import Part
from deployments.ports import HOST
from deployments.postgres import PostgresServer
from deployments.prefect_server import server_command, server_environment
from deployments.serve import READY_FILE
from deployments.stack_state import Addresses
from messaging.callbacks import inbound_webhook_url
from messaging.settings import Settings

OWNER_URL = "TIDINGS_OWNER_DATABASE_URL"


def parts_of(
    settings: Settings, home: Home, *, addresses: Addresses, ports: dict[str, int], postgres: PostgresServer | None
) -> Sequence[Part]:
    """The parts in the order they are listed to people; `settings` are complete (see `resolution`).

    Prefect's server comes first, being the slowest to start; it needs nobody.
    """
    env = environment_for(settings, home)
    owner = env.pop(OWNER_URL, None)  # who makes the schema; nobody else may be
    if "prefect" in ports:
        env = server_environment(env)
    found = [_prefect(home, env, port=ports["prefect"])] if "prefect" in ports else []
    if postgres is not None:
        found.append(_postgres(home, postgres, url=str(settings.tidings_database_url)))
    if addresses.simulator is not None:
        found.append(_simulator(settings, home, env, addresses=addresses, port=ports["simulator"]))
    found.append(
        _schema(home, env if owner is None else {**env, OWNER_URL: owner}, needs=("postgres",) if postgres else ())
    )
    found.append(_api(home, env, port=ports["api"]))
    found.append(_serve(home, env, needs=("schema", "prefect") if "prefect" in ports else ("schema",)))
    return found


def _prefect(home: Home, env: dict[str, str], *, port: int) -> Part:
    return Part(
        name="prefect",
        title="Prefect server",
        log=home.log("prefect"),
        start=_child("prefect", home, env, server_command(port)),
        ready=_answers(f"http://{HOST}:{port}/api/health"),
        stop_seconds=2.0,
    )


def _postgres(home: Home, server: PostgresServer, *, url: str) -> Part:
    return Part(
        name="postgres",
        title="PostgreSQL",
        log=home.log("postgres"),
        start=server.start,
        ready=lambda: database_problem(url, seconds=2) is None,
        stop_signal=signal.SIGINT,  # fast shutdown
    )


def _simulator(settings: Settings, home: Home, env: dict[str, str], *, addresses: Addresses, port: int) -> Part:
    secrets = {
        "SIMULATOR_ACCOUNT_SID": env["TWILIO_ACCOUNT_SID"],
        "SIMULATOR_AUTH_TOKEN": env["TWILIO_AUTH_TOKEN"],
    }
    inbound = inbound_webhook_url(settings.public_base_url or addresses.api)
    # Someone may write to our numbers before we have written to anyone.
    services = [env["TWILIO_MESSAGING_SERVICE_MARKETING"], env["TWILIO_MESSAGING_SERVICE_TRANSACTIONAL"]]
    command = _python("simulator", "--host", HOST, "--port", str(port), "--inbound-url", inbound)
    command += ["--set", f"first_services={json.dumps(services)}"]
    if settings.tidings_clock is not None:
        command += ["--set", f"clock={settings.tidings_clock}"]
    return Part(
        name="simulator",
        title="Twilio simulator",
        log=home.log("simulator"),
        start=_child("simulator", home, env | secrets, command),
        ready=_answers(f"{addresses.simulator}/simulator/health"),
    )


def _schema(home: Home, env: dict[str, str], *, needs: tuple[str, ...]) -> Part:
    return Part(
        name="schema",
        title="Database schema",
        log=home.log("schema"),
        start=_child("schema", home, env, _python("deployments.prepare_database")),
        ready=lambda: False,
        needs=needs,
        once=True,
    )


def _api(home: Home, env: dict[str, str], *, port: int) -> Part:
    command = _python(
        *("uvicorn", "api.app:create_app", "--factory", "--host", HOST, "--port", str(port)),
        # Addresses may hold a phone number, so requests are not logged by uvicorn.
        *("--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "2"),
    )
    return Part(
        name="api",
        title="API",
        log=home.log("api"),
        start=_child("api", home, env, command),
        ready=_answers(f"http://{HOST}:{port}/readyz/webhooks"),
        needs=("schema",),
    )


def _serve(home: Home, env: dict[str, str], *, needs: tuple[str, ...]) -> Part:
    flag = home.serve_ready
    # Prefect's runner shares /tmp/runner_storage, which belongs to the first user of the machine who ran one.
    own = {READY_FILE: str(flag), "TMPDIR": str(home.temporary)}
    start = _child("serve", home, env | own, _python("deployments.serve"))

    def start_afresh() -> subprocess.Popen[bytes]:
        shutil.rmtree(home.temporary, ignore_errors=True)
        home.temporary.mkdir(mode=0o700)
        return start()

    return Part(
        name="serve",
        title="Flow runner",
        log=home.log("serve"),
        start=start_afresh,
        ready=flag.exists,
        needs=needs,
        stop_seconds=6.0,
    )


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _child(
    name: str, home: Home, env: dict[str, str], command: list[str]
) -> Callable[[], subprocess.Popen[bytes]]:
    return partial(spawn, command, env=env, cwd=home.path, log=home.log(name))


def _answers(url: str) -> Callable[[], bool]:
    return lambda: http_problem(url, seconds=1.0) is None
