"""The folder that holds one stack: data, logs, generated secrets and the note of what runs.

    TIDINGS_HOME/       0700
    ├── lock            held by the supervisor for as long as it lives
    ├── stack.json      0600: addresses, ports and processes of the last start
    ├── secrets.json    0600: what was generated for this home
    ├── pgpass          0600: the database password, for libpq
    ├── pgpass-owner    0600: that of the schema's owner
    ├── logs/           one file for each part
    ├── prefect/        PREFECT_HOME of the embedded server
    ├── tmp/            temporary files of flow runs, and whether `serve` is ready
    └── postgres/       the PostgreSQL cluster, of the user that PostgreSQL runs as

Nothing in it names the folder itself, so a stopped home can be moved.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from messaging.errors import TidingsError


class HomeError(TidingsError):
    """The folder cannot be made, or belongs to someone else; the text names it."""


@dataclass(frozen=True)
class Home:
    """Paths below an absolute `path`; see the module for the layout."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> "Home":
        """The home at this path, which need not exist."""
        return cls(Path(os.path.abspath(path.expanduser())))  # noqa: PTH100  # resolve() would follow the user's links

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def state(self) -> Path:
        return self.path / "stack.json"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets.json"

    @property
    def passfile(self) -> Path:
        return self.path / "pgpass"

    @property
    def owner_passfile(self) -> Path:
        return self.path / "pgpass-owner"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def prefect(self) -> Path:
        return self.path / "prefect"

    @property
    def temporary(self) -> Path:
        return self.path / "tmp"

    @property
    def serve_ready(self) -> Path:
        return self.temporary / "serve.ready"

    @property
    def cluster(self) -> Path:
        return self.path / "postgres"

    def log(self, part: str) -> Path:
        """The log file of one part of the stack."""
        return self.logs / f"{part}.log"

    def prepare(self) -> None:
        """Makes what is missing, for its owner only; leaves the mode of what exists. Raises `HomeError`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            for folder in (self.path, self.logs, self.prefect):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise HomeError(
                f"TIDINGS_HOME {self.path} cannot be used ({error.strerror}); "
                "name a folder of your own in TIDINGS_HOME."
            ) from None


def write_private(path: Path, text: str) -> None:
    """Replaces a file in one step, readable by its owner only: a reader sees the old text or the new."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
