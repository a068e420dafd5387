"""A flow run ends with the process that serves it, even when that one is killed with -9.

Flow runs are grandchildren of the supervisor, started by Prefect, so each arms its own guard when its flow's
module is imported.
"""

import ctypes
import os
import signal
import sys
import threading
import time

SERVED_BY = "TIDINGS_SERVED_BY"
"""Environment variable by which `deployments.serve` tells flow runs its process id."""

_PR_SET_PDEATHSIG = 1


def arm_parent_death_signal() -> None:
    """Kills this process (SIGKILL) as soon as its parent is gone; does nothing outside a served flow run.

    Call it while the flow's module is imported. Ends the process at once when the parent is gone already.
    """
    served_by = os.environ.pop(SERVED_BY, None)  # popped: processes that a flow starts are not served
    if served_by is None:
        return
    # Prefect imports flows in a pool thread that ends after some idle seconds, and the kernel forgets the signal
    # with the thread that asked for it: so a thread of its own, which lives as long as the process.
    threading.Thread(target=_watch, args=(int(served_by),), name="parent-death", daemon=True).start()


def _watch(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    while os.getppid() == parent:  # where the kernel does not signal, this sees it within a second
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)
