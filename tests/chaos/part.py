"""A process that may be killed or frozen at any moment, and comes back as the supervisor would bring it back."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Part:
    """A process and how to start another in its place."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    frozen_until: float | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it runs, frozen or not."""
        return self.process is not None and self.process.poll() is None

    def is_at_work(self, *, since: float) -> bool:
        """Whether it has run for so many seconds and is not frozen."""
        return self.is_alive and self.frozen_until is None and time.monotonic() - self.started_at >= since

    def revive(self) -> None:
        """Starts it when it is not there, and wakes it when its time in the ice is over."""
        if not self.is_alive:
            self.frozen_until = None
            self.process = self.start()
            self.started_at = time.monotonic()
        elif self.frozen_until is not None and time.monotonic() >= self.frozen_until:
            self._signal(signal.SIGCONT)
            self.frozen_until = None

    def kill(self) -> None:
        """SIGKILL, and nothing else."""
        self._signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def freeze(self, *, seconds: float) -> None:
        """SIGSTOP until `revive` is called after so many seconds."""
        self._signal(signal.SIGSTOP)
        self.frozen_until = time.monotonic() + seconds

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Ends it for good, with all that it started."""
        if self.process is None:
            return
        if self.is_alive:
            self._signal(number)
        self.process.wait(timeout=30)

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            os.kill(self.process.pid, number)
