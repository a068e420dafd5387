"""Makes the PostgreSQL cluster of a home, complete or not at all, and brings one of an older version forward.

Two roles, of which neither can become the other: the owner makes the schema, and the application uses it. So
what the schema forbids the application (to change the ledger of consent) is forbidden for good.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deployments.postgres_orphans import end_orphans
from deployments.postgres_user import PostgresUser
from messaging.errors import TidingsError

ROLE = "tidings"
OWNER = "tidings_owner"
DATABASE = "tidings"

# The application's role may make databases and roles of its own. PostgreSQL's superuser, who makes the owner, has
# no password and is rejected everywhere but in single-user mode, which takes one statement a line.
_NEW = (
    f"CREATE ROLE {OWNER} LOGIN PASSWORD '{{owner}}';\n"
    f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE PASSWORD '{{application}}';\n"
    f"CREATE DATABASE {DATABASE} OWNER {OWNER};\n"
)
# Of a version in which the application owned everything; each statement may be repeated after an interruption.
_FORWARD = (
    f"DO $$ BEGIN CREATE ROLE {OWNER} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;\n"
    f"ALTER ROLE {OWNER} PASSWORD '{{owner}}';\n"
    f"ALTER DATABASE {DATABASE} OWNER TO {OWNER};\n"
    f"REASSIGN OWNED BY {ROLE} TO {OWNER};\n"
)
# The builtin locale sorts the same on every machine and version, so a moved home keeps its indexes.
_INITDB = (
    *("-U", "postgres", "-A", "reject", "-E", "UTF8", "--no-instructions"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)
_WHO_MAY_ENTER = "pg_hba.conf"
_OLD_HBA = f"host all {ROLE} 127.0.0.1/32 scram-sha-256\n"
_HBA = "".join(f"host all {role} 127.0.0.1/32 scram-sha-256\n" for role in (ROLE, OWNER))


@dataclass(frozen=True, slots=True)
class Passwords:
    """Those of the two roles; letters, digits and spaces."""

    application: str = field(repr=False)
    owner: str = field(repr=False)


class ClusterFailed(TidingsError):
    """initdb or the first statements failed; the text ends with PostgreSQL's own words."""


def make_cluster(cluster: Path, *, binaries: Path, user: PostgresUser, passwords: Passwords) -> None:
    """Makes the cluster with its roles and database, unless it exists. Raises `ClusterFailed`.

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
    statements = _NEW.format(owner=passwords.owner, application=passwords.application)
    _as_superuser(statements, fresh, "postgres", binaries=binaries, user=user)
    _let_in(fresh, user)
    fresh.rename(cluster)


def bring_forward(cluster: Path, *, binaries: Path, user: PostgresUser, passwords: Passwords) -> None:
    """Gives all that the application owns to the owner in a cluster of an older version; no server may run.

    Raises `ClusterFailed`.
    """
    if (cluster / _WHO_MAY_ENTER).read_text(encoding="utf-8") != _OLD_HBA:
        return
    statements = _FORWARD.format(owner=passwords.owner)
    _as_superuser(statements, cluster, DATABASE, binaries=binaries, user=user)
    _let_in(cluster, user)


def data_argument(cluster: Path) -> str:
    """How PostgreSQL is told its folder: as the working directory it is started in.

    A user who may not pass the folders above the cluster (a home of mode 0700) reaches it all the same this way,
    so the data stays in the home.
    """
    return "/proc/self/cwd" if sys.platform == "linux" else str(cluster)


def _let_in(cluster: Path, user: PostgresUser) -> None:
    """Both roles; written in one step, and last, for it says that all else is done."""
    fresh = cluster / f"{_WHO_MAY_ENTER}.new"
    fresh.write_text(_HBA, encoding="utf-8")
    user.own(fresh)
    fresh.rename(cluster / _WHO_MAY_ENTER)


def _as_superuser(statements: str, cluster: Path, database: str, *, binaries: Path, user: PostgresUser) -> None:
    command: list[Path | str] = [binaries / "postgres", "--single", "-D", data_argument(cluster), database]
    _run(command, cluster=cluster, user=user, statements=statements)


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
        raise ClusterFailed(f"PostgreSQL could not prepare its data folder {cluster}: {reason}")
