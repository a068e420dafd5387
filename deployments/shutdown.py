"""Stops the parts in order, within a bound: who uses a part ends before it."""

import signal
import time
from collections.abc import Sequence

from deployments.part import RunningPart
from deployments.stop_request import StopRequest

# `serve` first, and alone: its flow runs write to the database and to Prefect until they have ended.
ORDER: tuple[frozenset[str], ...] = (
    frozenset({"serve", "schema"}),
    frozenset({"api", "simulator"}),
    frozenset({"prefect"}),
    frozenset({"postgres"}),
)
_LAST_SECONDS = 1.0


def stop_in_order(running: Sequence[RunningPart], *, request: StopRequest) -> None:
    """Ends every part; each has its own `stop_seconds`, and none once haste is asked for."""
    for names in ORDER:
        group = [child for child in running if child.part.name in names]
        for child in group:
            child.ask_to_stop()
        _wait(group, request=request)
        for child in group:
            _end(child)


def _wait(group: Sequence[RunningPart], *, request: StopRequest) -> None:
    deadline = time.monotonic() + max((child.part.stop_seconds for child in group), default=0)
    while time.monotonic() < deadline and not request.hasty:
        if all(child.is_gone() for child in group):
            return
        time.sleep(0.05)


def _end(child: RunningPart) -> None:
    if child.part.name == "postgres" and child.process is not None and not child.is_gone():
        # Its immediate shutdown also ends its backends, which have process groups of their own.
        child.process.send_signal(signal.SIGQUIT)
        deadline = time.monotonic() + _LAST_SECONDS
        while time.monotonic() < deadline and not child.is_gone():
            time.sleep(0.05)
    child.end_group()
