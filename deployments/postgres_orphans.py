"""Ends the backends that outlive a killed PostgreSQL server, beside which a new one refuses to start."""

import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

_PATIENCE_SECONDS = 2.0
_AFTER_SIGNAL_SECONDS = 2.0


def end_orphans(cluster: Path) -> None:
    """Waits some seconds until no process works in the cluster's folder, then ends those that still do.

    Idle backends notice the server's death at once, busy ones after their statement. They stop at SIGQUIT without
    touching shared data (PostgreSQL's own immediate shutdown), else at SIGKILL.
    """
    if _is_empty_within(_PATIENCE_SECONDS, cluster):
        return
    for death in (signal.SIGQUIT, signal.SIGKILL):
        for orphan in _working_in(cluster):
            with suppress(psutil.NoSuchProcess):
                orphan.send_signal(death)
        if _is_empty_within(_AFTER_SIGNAL_SECONDS, cluster):
            return


def _is_empty_within(seconds: float, cluster: Path) -> bool:
    deadline = time.monotonic() + seconds
    while _working_in(cluster):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _working_in(cluster: Path) -> list[psutil.Process]:
    """Processes whose working directory is the cluster's, as every process of PostgreSQL's is."""
    folder = str(cluster.resolve())
    found = psutil.process_iter(["cwd", "status"])
    return [
        process
        for process in found
        if process.info["cwd"] == folder and process.info["status"] != psutil.STATUS_ZOMBIE
    ]
