"""Makes the PostgreSQL cluster of a home, complete or not at all."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deployments.postgres_orphans import end_orphans
from deployments.postgres_user import PostgresUser
from messaging.errors import TidingsError

ROLE = "tidings"
DATABASE = "tidings"

# The application's role may make databases and roles but is no superuser: it must not be able to step around what
# the schema forbids. PostgreSQL's superuser has no password and is rejected everywhere but in single-user mode.
_STATEMENTS = (
    "CREATE ROLE {role} LOGIN CREATEDB CREATEROLE PASSWORD '{password}';\n"
    "CREATE DATABASE {database} OWNER {role};\n"
)
# The builtin locale sorts the same on every machine and version, so a moved home keeps its indexes.
_INITDB = (
    *("-U", "postgres", "-A", "reject", "-E", "UTF8", "--no-instructions"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)
_HBA = f"host all {ROLE} 127.0.0.1/32 scram-sha-256\n"


class ClusterFailed(TidingsError):
    """initdb or the first statements failed; the text ends with PostgreSQL's own words."""


def make_cluster(cluster: Path, *, binaries: Path, user: PostgresUser, password: str) -> None:
    """Makes the cluster with its role and database, unless it exists. Raises `ClusterFailed`.

    Made beside and renamed at the end, so that an interrupted start leaves nothing half-made in its place.
    """
    if (cluster / "PG_VERSION").exists():
        return
    fresh = cluster.with_name(f"{cluster.name}.new")
    end_orphans(fresh)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    user.own(fresh)
    _run([binaries / "initdb", "-D", data_argument(fresh), *_INITDB], cluster=fresh, user=user)
    statements = _STATEMENTS.format(role=ROLE, database=DATABASE, password=password)
    _run(
        [binaries / "postgres", "--single", "-D", data_argument(fresh), "postgres"],
        cluster=fresh,
        user=user,
        statements=statements,
    )
    hba = fresh / "pg_hba.conf"
    hba.write_text(_HBA, encoding="utf-8")
    fresh.rename(cluster)


def data_argument(cluster: Path) -> str:
    """How PostgreSQL is told its folder: as the working directory it is started in.

    A user who may not pass the folders above the cluster (a home of mode 0700) reaches it all the same this way,
    so the data stays in the home.
    """
    return "/proc/self/cwd" if sys.platform == "linux" else str(cluster)


def _run(command: Sequence[Path | str], *, cluster: Path, user: PostgresUser, statements: str = "") -> None:
    done = subprocess.run(
        command,
        cwd=cluster,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        input=statements,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        umask=0o077,
        **user.popen(),
    )
    said = [line for line in done.stderr.splitlines() if "ERROR" in line or "FATAL" in line or "error:" in line]
    if done.returncode != 0 or said:
        reason = said[0] if said else (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ClusterFailed(f"PostgreSQL could not make its data folder {cluster}: {reason}")
