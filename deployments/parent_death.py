"""No child outlives its supervisor: the kernel signals it when the supervisor dies, even by kill -9.

Linux only (prctl(2), PR_SET_PDEATHSIG). On other systems the guard is weaker: what a killed supervisor leaves
behind is ended by the next `tidings up` on the same home (`deployments.leftovers`).
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def arm_child(death_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child runs between fork and exec, as its final user, for `Popen(preexec_fn=…)`.

    Changing user clears the signal, so it is armed after; a supervisor that died before that is seen by the
    changed parent. The signal is tied to the thread that forks: fork from the main thread.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    supervisor = os.getpid()

    def arm() -> None:
        if prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0 or os.getppid() != supervisor:
            os._exit(1)

    return arm
