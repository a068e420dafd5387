"""Contestants as processes of their own, each on a core of its own, watched from outside."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import psutil

WATCH_SECONDS = 0.1
LONGEST_SECONDS = 1800.0
"""No contestant may take longer; a benchmark ends by itself."""


@dataclass(slots=True)
class Use:
    """CPU seconds since the first message and the most resident memory (bytes) of a process and all below it."""

    cpu: dict[int, float] = field(default_factory=dict)
    memory: int = 0
    before: float = 0.0

    def look(self, root: psutil.Process) -> None:
        """Adds up what the processes use now."""
        total = 0
        for process in [root, *root.children(recursive=True)]:
            try:
                times = process.cpu_times()
                total += process.memory_info().rss
            except psutil.Error:
                continue
            self.cpu[process.pid] = times.user + times.system
        self.memory = max(self.memory, total)

    @property
    def cpu_seconds(self) -> float:
        """Of all processes together, since `begin`."""
        return sum(self.cpu.values()) - self.before

    def begin(self, root: psutil.Process) -> None:
        """What was used until now was to get ready."""
        self.look(root)
        self.before = sum(self.cpu.values())


@dataclass(frozen=True, slots=True)
class Done:
    """What a contestant told, and what it used."""

    seconds: float
    use: Use


def start(words: Sequence[str], *, env: Mapping[str, str], core: int | None) -> "subprocess.Popen[str]":
    """Starts `python -m …`, kept to one core where there are several."""
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    if core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process.pid, {core})
    return process


def watch(process: "subprocess.Popen[str]") -> Done:
    """Waits for the contestant to tell that it is done, and for its end. Raises `RuntimeError` when it fails."""
    use, over = Use(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, use, over), daemon=True)
    watcher.start()
    killer = threading.Timer(LONGEST_SECONDS, process.kill)
    killer.start()
    try:
        seconds = _listen(process, use)
    finally:
        killer.cancel()
        over.set()
        watcher.join()
    if seconds is None:
        raise RuntimeError(f"{process.args!r} ended with status {process.returncode} before it was done")
    return Done(seconds=seconds, use=use)


def cores() -> tuple[int | None, int | None]:
    """The core for contestants and that for the server; None where all share what there is."""
    if not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        return None, None
    first, *_, last = sorted(os.sched_getaffinity(0))
    return last, first


def _watch(pid: int, use: Use, over: threading.Event) -> None:
    try:
        root = psutil.Process(pid)
        while not over.wait(WATCH_SECONDS):
            use.look(root)
    except psutil.NoSuchProcess:
        return


def _listen(process: "subprocess.Popen[str]", use: Use) -> float | None:
    """The seconds that the contestant tells; None when it ends without."""
    root = psutil.Process(process.pid)
    seconds = None
    for line in process.stdout or ():
        told = json.loads(line) if line.startswith("{") else {}
        if "begin" in told:
            use.begin(root)
        if "seconds" in told:
            use.look(root)
            seconds = float(told["seconds"])
    process.wait()
    return seconds
