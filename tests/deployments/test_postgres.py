"""The embedded PostgreSQL: made whole, private to its folder's owner, alive again after kill -9."""

import os
import shutil
import signal
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deployments.database_check import DatabaseUnusable, database_problem, require_usable
from deployments.home import Home
from deployments.ports import choose_ports
from deployments.postgres import (
    PostgresServer,
    database_address,
    embedded_postgres,
    owner_address,
    write_passfiles,
)
from deployments.postgres_binaries import INSTALLATION, LIBRARIES, PACKAGE, packaged_binaries, reachable_binaries
from deployments.postgres_cluster import Passwords
from deployments.postgres_user import postgres_user
from tests.deployments.processes import wait_until

PASSWORD = "correct horse"
PASSWORDS = Passwords(PASSWORD, "battery staple")


class Embedded:
    """A server on a home, and its address."""

    def __init__(self, home: Home, server: PostgresServer) -> None:
        self.server = server
        self.url = database_address(home, server.port)
        self.owner_url = owner_address(home, server.port)
        self.process = server.start()
        self.wait()

    def wait(self) -> None:
        wait_until(lambda: database_problem(self.url) is None, seconds=20)

    def kill_and_start(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process = self.server.start()
        self.wait()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(10) == 0


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder that root's PostgreSQL user may not even enter."""
    home = Home.at(tmp_path / "home")
    home.prepare()
    write_passfiles(home, PASSWORDS)
    return home


@pytest.fixture
def embedded(home: Home) -> Iterator[Embedded]:
    port = choose_ports(["postgres"], previous={}, fixed={})["postgres"]
    server, copy = embedded_postgres(home, port=port, passwords=PASSWORDS)
    running = Embedded(home, server)
    yield running
    running.stop()
    if copy is not None:
        shutil.rmtree(copy)


def test_the_url_alone_opens_it_and_holds_no_secret(embedded: Embedded) -> None:
    assert PASSWORD not in embedded.url
    with psycopg.connect(embedded.url) as connection:
        found = connection.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert found.fetchone() == ("tidings", False)


def test_nobody_enters_without_the_password(embedded: Embedded) -> None:
    stranger = embedded.url.replace("passfile=", "passfile=%2Fnowhere")
    assert "no password supplied" in (database_problem(stranger) or "")
    superuser = embedded.url.replace("tidings@", "postgres@")
    assert "pg_hba.conf" in (database_problem(superuser) or "")


def test_a_server_older_than_we_support_is_refused(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployments.database_check.OLDEST_VERSION", 99)
    with pytest.raises(DatabaseUnusable, match="it is PostgreSQL 18, older than 99"):
        require_usable(embedded.url)


def test_the_cluster_is_private(embedded: Embedded, home: Home) -> None:
    assert stat.S_IMODE(home.cluster.stat().st_mode) == 0o700
    assert home.cluster.stat().st_uid == (embedded.server.user.uid or os.geteuid())


def test_data_survives_kill_9_though_a_backend_is_busy(embedded: Embedded) -> None:
    with psycopg.connect(embedded.owner_url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    busy = threading.Thread(target=keep_busy, args=(embedded.url,))
    busy.start()
    wait_until(lambda: backends(embedded.url) >= 1)
    embedded.kill_and_start()
    busy.join(5)
    with psycopg.connect(embedded.owner_url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]


def keep_busy(url: str) -> None:
    with pytest.raises(psycopg.OperationalError), psycopg.connect(url) as connection:
        connection.execute("SELECT count(*) FROM generate_series(1, 20000000000)")


def backends(url: str) -> int:
    with psycopg.connect(url) as connection:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE %s"
        found = connection.execute(asked, ["%generate_series%"]).fetchone()
    return int(found[0]) if found else 0


def test_an_interrupted_making_leaves_nothing_in_the_way(home: Home) -> None:
    half_made = home.cluster.with_name("postgres.new")
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18")
    port = choose_ports(["postgres"], previous={}, fixed={})["postgres"]
    server, copy = embedded_postgres(home, port=port, passwords=PASSWORDS)
    Embedded(home, server).stop()
    assert not half_made.exists()
    if copy is not None:
        shutil.rmtree(copy)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes user")
def test_binaries_out_of_reach_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = tmp_path / "private"
    site_packages = packaged_binaries().parent.parent.parent
    shutil.copytree(packaged_binaries().parent, private / PACKAGE / INSTALLATION)
    if (site_packages / LIBRARIES).exists():
        shutil.copytree(site_packages / LIBRARIES, private / LIBRARIES)
    private.chmod(0o700)
    own = private / PACKAGE / INSTALLATION / "bin"
    monkeypatch.setattr("deployments.postgres_binaries.packaged_binaries", lambda: own)
    binaries, copy = reachable_binaries(postgres_user(tmp_path / "none"))
    assert copy is not None
    assert binaries.is_relative_to(copy)
    shutil.rmtree(copy)
