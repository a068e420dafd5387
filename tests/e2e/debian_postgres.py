"""A PostgreSQL from the system's packages: Prefect's server needs pg_trgm, which the embedded one lacks."""

import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from deployments.ports import HOST, choose_ports
from deployments.postgres import PostgresServer
from deployments.postgres_cluster import ROLE, Passwords, data_argument
from deployments.postgres_user import PostgresUser, postgres_user
from tests.deployments.processes import wait_until

_INSTALLED = Path("/usr/lib/postgresql")


@contextmanager
def debian_postgres() -> Iterator[str]:
    """The address of a server without databases of ours, up to the port: postgresql://user@host:port."""
    with tempfile.TemporaryDirectory(prefix="tidings-postgres-") as folder:  # below pytest's its user may not look
        yield from _running(Path(folder))


def _running(folder: Path) -> Iterator[str]:
    server = _server(folder, port=choose_ports(["postgres"], previous={}, fixed={})["postgres"])
    process = server.start()
    address = f"postgresql://{ROLE}@{HOST}:{server.port}"
    try:
        wait_until(lambda: _answers(f"{address}/postgres"), seconds=30)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def _server(folder: Path, *, port: int) -> PostgresServer:
    cluster = folder / "cluster"
    binaries, user = _binaries(), postgres_user(cluster)
    user.own(folder)
    _make(cluster, binaries=binaries, user=user)
    return PostgresServer(
        cluster=cluster,
        binaries=binaries,
        user=user,
        port=port,
        log=folder / "log",
        passwords=Passwords("", ""),  # nothing asks for them
    )


def _binaries() -> Path:
    found = sorted(_INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    assert found, (
        "Prefect's server on PostgreSQL needs one with pg_trgm; install it with: apt-get install postgresql"
    )
    return found[-1].parent


def _make(cluster: Path, *, binaries: Path, user: PostgresUser) -> None:
    cluster.mkdir(mode=0o700)
    user.own(cluster)
    options = ("-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions")
    subprocess.run(
        [binaries / "initdb", "-D", data_argument(cluster), *options],
        cwd=cluster,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        stdout=subprocess.DEVNULL,
        check=True,
        **user.popen(),
    )


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
