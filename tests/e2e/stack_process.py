"""The whole stack as a user runs it: `tidings up` as a process of its own, on a home of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import psutil

TIDINGS = str(Path(sys.executable).with_name("tidings"))
READY_SECONDS = 60.0
STOP_SECONDS = 15.0


def environment(home: Path) -> dict[str, str]:
    """Nothing of the developer's own settings: no `.env`, no Twilio account, no Prefect profile; at any hour."""
    foreign = ("TWILIO_", "TIDINGS_", "PREFECT_", "PUBLIC_BASE_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "TIDINGS_HOME": str(home), "TIDINGS_ENV_FILE": "", "TIDINGS_QUIET_HOURS": "off"}


class StackProcess:
    """A running stack; `addresses` is what `tidings up --json` printed."""

    def __init__(self, home: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.environment = environment(home) | dict(settings or {})
        self._report = home.parent / f"{home.name}.report"
        begun = time.monotonic()
        with self._report.open("a") as report:
            self.supervisor = subprocess.Popen(
                [TIDINGS, "up", "--json", *arguments],
                env=self.environment,
                cwd=home.parent,
                stdout=subprocess.PIPE,
                stderr=report,
                text=True,
            )
        assert self.supervisor.stdout is not None
        line = self.supervisor.stdout.readline()
        self.seconds_to_ready = time.monotonic() - begun
        assert line, self.report()
        self.addresses: dict[str, str] = json.loads(line)

    def report(self) -> str:
        """The lines for people so far."""
        return self._report.read_text()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another `tidings` command on the same home."""
        return subprocess.run(
            [TIDINGS, *arguments],
            env=self.environment,
            cwd=self.home.parent,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def status(self) -> dict[str, Any]:
        """What `tidings status --json` prints."""
        found: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return found

    def pid(self, part: str) -> int:
        """The process of a part at this moment."""
        noted = json.loads((self.home / "stack.json").read_text())
        return int(noted["processes"][part]["pid"])

    def descendants(self) -> list[psutil.Process]:
        """Every process of the stack but the supervisor."""
        return psutil.Process(self.supervisor.pid).children(recursive=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing of a failed test goes on running."""
        self.kill()

    def stop(self) -> float:
        """Ctrl-C; the seconds until everything had ended in order."""
        begun = time.monotonic()
        self.supervisor.send_signal(signal.SIGINT)
        status = self.supervisor.wait(STOP_SECONDS + 5)
        assert status == 0, self.report()
        return time.monotonic() - begun

    def kill(self) -> None:
        """kill -9 of the supervisor alone."""
        self.supervisor.kill()
        self.supervisor.wait()
        if self.supervisor.stdout is not None:
            self.supervisor.stdout.close()
