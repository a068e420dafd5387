"""A PostgreSQL server for tests and benchmarks, from the same parts as `tidings up` uses."""

import secrets
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from deployments.home import Home
from deployments.ports import choose_ports
from deployments.postgres import database_address, embedded_postgres, write_passfiles
from deployments.postgres_cluster import Passwords


@contextmanager
def throwaway_postgres(folder: Path) -> Iterator[str]:
    """Starts a server whose data lies below the folder, gives its address, and stops it at the end."""
    home = Home.at(folder / "home")
    home.prepare()
    passwords = Passwords(secrets.token_hex(16), secrets.token_hex(16))
    port = choose_ports(["postgres"], previous={}, fixed={})["postgres"]
    write_passfiles(home, passwords)
    server, copy = embedded_postgres(home, port=port, passwords=passwords)
    process = server.start()
    try:
        address = database_address(home, port)
        _wait_until_ready(address)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        if copy is not None:
            shutil.rmtree(copy)


def _wait_until_ready(address: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
