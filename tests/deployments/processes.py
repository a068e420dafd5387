"""Waiting for processes, with an end."""

import time
from collections.abc import Callable

import psutil


def wait_until(true: Callable[[], bool], *, seconds: float = 10.0, every: float = 0.02) -> None:
    """Fails the test when it does not become true in time; looks again after `every` seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(every)


def is_gone(pid: int) -> bool:
    """Whether the process has ended; one that nobody has reaped yet has."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
