"""Starts the parts as early as their needs allow, and starts again whichever dies. One thread, no locks."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from deployments.part import Part, RunningPart
from deployments.restarts import TOO_OFTEN
from deployments.stop_request import StopRequest
from messaging.errors import TidingsError

_TICK_SECONDS = 0.1
_START_SECONDS = 120.0


class PartFailed(TidingsError):
    """A part did not start, or kept dying; the text names its log file."""


class Supervisor:
    """Runs the parts. `report` takes a line for people; `noted` is called whenever a process begins."""

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        stop: StopRequest,
        report: Callable[[str], None],
        noted: Callable[[Sequence[RunningPart]], None],
    ) -> None:
        self.running = [RunningPart(part) for part in parts]
        self._stop = stop
        self._report = report
        self._noted = noted
        self._begun = time.monotonic()

    def start(self) -> None:
        """Returns when every part is ready, or a stop was asked for. Raises `PartFailed`."""
        while not self._stop.made and not all(child.is_ready for child in self.running):
            self._tick()
            if time.monotonic() - self._begun > _START_SECONDS:
                late = next(child.part for child in self.running if not child.is_ready)
                raise PartFailed(f"{late.title} was not ready after {_START_SECONDS:.0f} s; see {late.log}")

    def watch(self) -> None:
        """Returns when a stop was asked for. Raises `PartFailed`."""
        while not self._stop.made:
            self._tick()

    def _tick(self) -> None:
        for child in self.running:
            self._advance(child)
        time.sleep(_TICK_SECONDS)

    def _advance(self, child: RunningPart) -> None:
        if child.part.once and child.is_ready:
            return
        if child.process is None:
            if self._may_start(child):
                child.start()
                self._noted(self.running)
        elif child.is_gone():
            self._ended(child, status=child.process.returncode)
        elif not child.is_ready and not child.part.once and child.part.ready():
            self._became_ready(child)

    def _may_start(self, child: RunningPart) -> bool:
        ready = {other.part.name for other in self.running if other.is_ready}
        return time.monotonic() >= child.resume_at and ready.issuperset(child.part.needs)

    def _became_ready(self, child: RunningPart) -> None:
        child.is_ready = True
        when = "again" if child.restarts.count else f"({time.monotonic() - self._begun:.1f} s)"
        self._report(f"{child.part.title} is ready {when}")

    def _ended(self, child: RunningPart, *, status: int) -> None:
        child.end_group()
        if child.part.once:
            if status != 0:
                raise PartFailed(_last_line(child.part.log))
            child.process = None
            self._became_ready(child)
            return
        delay = child.restarts.delay_after_death(time.monotonic())
        if delay is None:
            raise PartFailed(f"{child.part.title} ended {TOO_OFTEN} times in a minute; see {child.part.log}")
        self._report(f"{child.part.title} ended ({_describe(status)}); starting it again in {delay:g} s")
        child.forget()
        child.resume_at = time.monotonic() + delay


def _describe(status: int) -> str:
    return f"killed by signal {-status}" if status < 0 else f"exit status {status}"


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else f"It failed without a word; see {log}"
