"""`tidings up` as a child of the demo, on the demo's home."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from deployments.children import spawn
from deployments.home import Home
from deployments.stack_state import Addresses
from messaging.errors import TidingsError

_READY_SECONDS = 180.0
_STOP_SECONDS = 20.0


class StackEnded(TidingsError):
    """`tidings up` ended by itself, or was never ready; the text says why and names its log."""


@dataclass(frozen=True, slots=True)
class ChildStack:
    """A running `tidings up`, whose output is the home's log `up`."""

    home: Home
    process: subprocess.Popen[bytes]

    def wait_until_ready(self, show: Callable[[str], None]) -> Addresses:
        """The addresses once every part answers; `show` gets each line for people. Raises `StackEnded`."""
        deadline = time.monotonic() + _READY_SECONDS
        last = ""
        for line in self._lines(deadline):
            if line.startswith("{"):
                return Addresses.model_validate(json.loads(line))
            last = line.removeprefix("tidings: ")
            show(last)
        reason = last or "it ended without a word"
        raise StackEnded(f"`tidings up` did not become ready: {reason} Its log is {self.home.log('up')}.")

    def require_running(self) -> None:
        """Raises `StackEnded` when it is gone."""
        if self.process.poll() is not None:
            raise StackEnded(f"`tidings up` ended while it was needed; its log is {self.home.log('up')}.")

    def _lines(self, deadline: float) -> Iterator[str]:
        """Whole lines of the log as they are written, until the process ends or the deadline passes."""
        with self.home.log("up").open(encoding="utf-8", errors="replace") as log:
            unfinished = ""
            while time.monotonic() < deadline:
                gone = self.process.poll() is not None  # asked first: what it wrote last is then read
                unfinished += log.read()
                *lines, unfinished = unfinished.split("\n")
                yield from filter(None, lines)
                if gone:
                    return
                time.sleep(0.1)

    def stop(self) -> None:
        """Stops it in order, and in haste when Ctrl-C comes meanwhile; kills it after 20 seconds."""
        if self.process.poll() is None:
            print("\nStopping everything …", file=sys.stderr)  # noqa: T201
        deadline = time.monotonic() + _STOP_SECONDS
        self._ask()
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                self.process.wait(0.5)
            except subprocess.TimeoutExpired:
                continue
            except KeyboardInterrupt:
                self._ask()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def _ask(self) -> None:
        self.process.send_signal(signal.SIGINT)


@contextmanager
def child_stack(home: Home, changes: Mapping[str, str] | None = None) -> Iterator[ChildStack]:
    """Runs `tidings up` on this home in a session of its own; it ends with the block, or when we are killed.

    `changes` are settings that it gets besides the environment's.
    """
    command = [sys.executable, "-P", "-m", "cli", "up", "--json"]
    process = spawn(
        command,
        env={**os.environ, **(changes or {})},
        cwd=home.path,
        log=home.log("up"),
        death_signal=signal.SIGTERM,
    )
    stack = ChildStack(home, process)
    try:
        yield stack
    finally:
        stack.stop()
