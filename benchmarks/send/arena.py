"""The place where contestants meet: the bare server on one core, they on another, and what each needs to run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psutil

from benchmarks.send.contestants import CELERY, CONTESTANTS, PREFECT, TIDINGS
from benchmarks.send.order import Order
from benchmarks.send.processes import cores, start
from benchmarks.send.redis_server import redis_server
from benchmarks.send.tidings import RUN_ID
from messaging.settings import Settings

IN_FLIGHT = 50


@dataclass(frozen=True, slots=True)
class Arena:
    """Where the server listens, and the core that contestants have to themselves."""

    server: str
    core: int | None
    folder: Path


@contextmanager
def open_arena(folder: Path) -> Iterator[Arena]:
    """Starts the bare server; it and PostgreSQL stay off the contestants' core where there are several."""
    core, other = cores()
    if other is not None:
        _keep_postgres_on(other)
    process = start(["benchmarks.send.server"], env={}, core=other)
    try:
        assert process.stdout is not None  # noqa: S101  # a pipe was asked for
        yield Arena(f"http://127.0.0.1:{int(process.stdout.readline())}", core, folder)
    finally:
        process.kill()
        process.wait()


@contextmanager
def surroundings(name: str, arena: Arena) -> Iterator[dict[str, str]]:
    """The environment of a contestant, with the servers of its own that it needs."""
    if name == CELERY:
        with redis_server() as url:
            yield {"BENCH_REDIS_URL": url}
    elif name == PREFECT:
        yield {
            "PREFECT_HOME": str(arena.folder / "prefect"),
            "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
            "PREFECT_API_URL": "",
            "PREFECT_LOGGING_LEVEL": "ERROR",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
            "DO_NOT_TRACK": "1",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        }
    else:
        yield {}


def tidings_environment(settings: Settings, arena: Arena, run_id: UUID) -> dict[str, str]:
    """What a flow run of Tidings finds in its environment, and the run to send."""
    secret = settings.twilio_auth_token
    return {
        RUN_ID: str(run_id),
        "TIDINGS_DATABASE_URL": settings.tidings_database_url or "",
        "TIDINGS_QUIET_HOURS": "off",
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid or "",
        "TWILIO_AUTH_TOKEN": secret.get_secret_value() if secret else "",
        "TWILIO_MESSAGING_SERVICE_TRANSACTIONAL": settings.twilio_messaging_service_transactional or "",
        "TWILIO_MESSAGING_SERVICE_MARKETING": settings.twilio_messaging_service_marketing or "",
        "TWILIO_API_BASE_URL": arena.server,
        "PUBLIC_BASE_URL": arena.server,
    }


def words_of(name: str, arena: Arena, *, people: int) -> list[str]:
    """The command of a contestant, after `python -m`."""
    order = Order(server=arena.server, people=people, in_flight=IN_FLIGHT)
    return [CONTESTANTS[name].module, *order.words()]


def needs_database(name: str) -> bool:
    """Whether it sends what is planned in a database."""
    return name == TIDINGS


def _keep_postgres_on(core: int) -> None:
    for child in psutil.Process(os.getpid()).children(recursive=True):
        with suppress(psutil.NoSuchProcess, ProcessLookupError):  # its short-lived workers come and go
            if child.name() == "postgres":
                os.sched_setaffinity(child.pid, {core})
