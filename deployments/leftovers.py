"""Ends what a killed supervisor left behind, before its successor starts.

On Linux the kernel has ended it already and this only waits for the last of it; elsewhere this is the guard.
"""

import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

from deployments.stack_state import StackState

_SECONDS = 10.0


def clear_leftovers(last: StackState) -> None:
    """Waits for the noted processes, then kills their groups; deletes the copied binaries."""
    alive = {name: process.pid for name, process in last.processes.items() if process.is_alive()}
    for name, pid in alive.items():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT if name == "postgres" else signal.SIGTERM)
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline and any(last.processes[name].is_alive() for name in alive):
        time.sleep(0.05)
    for name, pid in alive.items():
        if last.processes[name].is_alive():
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
    if last.copied_binaries is not None:
        shutil.rmtree(Path(last.copied_binaries), ignore_errors=True)
