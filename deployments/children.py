"""Starts a child that never outlives us and that Ctrl-C in our terminal does not reach."""

import signal
import subprocess
from pathlib import Path

from deployments.parent_death import arm_child
from deployments.postgres_user import PopenIdentity

_KEPT_LOG_BYTES = 5_000_000


def spawn(
    command: list[str],
    *,
    env: dict[str, str],
    cwd: Path,
    log: Path,
    death_signal: signal.Signals = signal.SIGKILL,
    identity: PopenIdentity | None = None,
) -> subprocess.Popen[bytes]:
    """A child in a session (and process group) of its own, whose output is appended to `log`.

    `death_signal` reaches it when we die. Call from the main thread only (see `parent_death`).
    """
    rotate(log)
    with log.open("ab") as output:
        log.chmod(0o600)
        return subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
            preexec_fn=arm_child(death_signal),  # noqa: PLW1509  # we have no other thread when forking
            **(identity or {}),
        )


def rotate(log: Path) -> None:
    """Moves a log of more than 5 MB aside, keeping one old file."""
    if log.exists() and log.stat().st_size > _KEPT_LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
