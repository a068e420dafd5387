"""A part of the stack: how it starts, when it counts as ready, how it is stopped."""

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deployments.process_id import ProcessId
from deployments.restarts import Restarts


@dataclass(frozen=True)
class Part:
    """What does not change about a part.

    `ready` is asked again and again until it is true, and must answer within about a second. A part that runs
    `once` is ready when it has ended with status 0. `stop_seconds`: how long it may take to end by itself.
    """

    name: str
    title: str
    log: Path
    start: Callable[[], subprocess.Popen[bytes]]
    ready: Callable[[], bool]
    needs: tuple[str, ...] = ()
    once: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 3.0


class RunningPart:
    """A part and its process of the moment, if any."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.process: subprocess.Popen[bytes] | None = None
        self.identity: ProcessId | None = None
        self.is_ready = False
        self.restarts = Restarts()
        self.resume_at = 0.0

    def start(self) -> None:
        """Starts the process."""
        self.process = self.part.start()
        self.identity = ProcessId.of(self.process.pid)

    def is_gone(self) -> bool:
        """Whether there is no process, or it has ended."""
        return self.process is None or self.process.poll() is not None

    def ask_to_stop(self) -> None:
        """Sends the part's own stop signal to its process."""
        if self.process is not None and not self.is_gone():
            self.process.send_signal(self.part.stop_signal)

    def end_group(self) -> None:
        """Kills what is left of the process and of its children (a killed `serve` leaves flow runs)."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def forget(self) -> None:
        """Makes room for the next process."""
        self.process = None
        self.identity = None
        self.is_ready = False
