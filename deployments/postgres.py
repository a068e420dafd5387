"""The embedded PostgreSQL server: our own child, on loopback TCP with passwords kept in private files."""

import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from deployments.children import spawn
from deployments.home import Home, write_private
from deployments.ports import HOST
from deployments.postgres_binaries import reachable_binaries
from deployments.postgres_cluster import (
    DATABASE,
    OWNER,
    ROLE,
    Passwords,
    bring_forward,
    data_argument,
    make_cluster,
)
from deployments.postgres_orphans import end_orphans
from deployments.postgres_user import PostgresUser, postgres_user


@dataclass(frozen=True)
class PostgresServer:
    """A cluster and how to run it."""

    cluster: Path
    binaries: Path
    user: PostgresUser
    port: int
    log: Path
    passwords: Passwords

    def start(self) -> subprocess.Popen[bytes]:
        """Starts it, on a new cluster the first time; it is not ready yet.

        Waits for what a killed predecessor left, and ends that after some seconds. Raises `ClusterFailed`.
        """
        make_cluster(self.cluster, binaries=self.binaries, user=self.user, passwords=self.passwords)
        end_orphans(self.cluster)
        bring_forward(self.cluster, binaries=self.binaries, user=self.user, passwords=self.passwords)
        return spawn(
            self._command(),
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            cwd=self.cluster,
            log=self.log,
            # Fast shutdown: connections are ended, the data is written.
            death_signal=signal.SIGINT,
            identity=self.user.popen(),
        )

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Statements of the log's error lines could hold phone numbers and bodies.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", data_argument(self.cluster), *options]


def embedded_postgres(home: Home, *, port: int, passwords: Passwords) -> tuple[PostgresServer, Path | None]:
    """The home's server, not started, and the folder of copied binaries to delete after its end, if any.

    Raises `BinariesUnusable` or `NoDatabaseUser`.
    """
    user = postgres_user(home.cluster)
    binaries, copy = reachable_binaries(user)
    server = PostgresServer(
        cluster=home.cluster,
        binaries=binaries,
        user=user,
        port=port,
        log=home.log("postgres"),
        passwords=passwords,
    )
    return server, copy


def database_address(home: Home, port: int) -> str:
    """The application's URL for SQLAlchemy and libpq; the password is in a file of the home, not in the URL."""
    return f"postgresql://{ROLE}@{HOST}:{port}/{DATABASE}?passfile={quote(str(home.passfile), safe='')}"


def owner_address(home: Home, port: int) -> str:
    """The URL of the schema's owner."""
    return f"postgresql://{OWNER}@{HOST}:{port}/{DATABASE}?passfile={quote(str(home.owner_passfile), safe='')}"


def write_passfiles(home: Home, passwords: Passwords) -> None:
    """Writes each password where libpq looks for it: any port, since ports may change between starts."""
    write_private(home.passfile, f"{HOST}:*:*:{ROLE}:{passwords.application}\n")
    write_private(home.owner_passfile, f"{HOST}:*:*:{OWNER}:{passwords.owner}\n")
