"""As whom PostgreSQL runs: it refuses to run as root."""

import os
import pwd
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from messaging.errors import TidingsError


class NoDatabaseUser(TidingsError):
    """Root has no other user to run PostgreSQL as."""


class PopenIdentity(TypedDict, total=False):
    """The keyword arguments of `subprocess.Popen` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class PostgresUser:
    """`uid` and `gid` to change to; both None when it runs as whoever we are."""

    uid: int | None = None
    gid: int | None = None

    def popen(self) -> PopenIdentity:
        """For `subprocess.Popen(**…)`; drops supplementary groups too."""
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Gives a file or folder to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def postgres_user(cluster: Path, *, find: Callable[[str], pwd.struct_passwd] = pwd.getpwnam) -> PostgresUser:
    """The cluster's owner, who alone may run it; for a new one `postgres` or `nobody`. Only root changes user.

    Raises `NoDatabaseUser` when root finds none.
    """
    if os.geteuid() != 0:
        return PostgresUser()
    if cluster.exists() and cluster.stat().st_uid != 0:
        return PostgresUser(uid=cluster.stat().st_uid, gid=cluster.stat().st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = find(name)
        except KeyError:
            continue
        return PostgresUser(uid=entry.pw_uid, gid=entry.pw_gid)
    raise NoDatabaseUser(
        "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as; "
        "start as an ordinary user, or set TIDINGS_DATABASE_URL."
    )
