"""The supervisor on real, small processes: order, restarts, giving up, stopping."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from deployments.children import spawn
from deployments.part import Part
from deployments.shutdown import stop_in_order
from deployments.stop_request import StopRequest
from deployments.supervisor import PartFailed, Supervisor
from tests.deployments.processes import is_gone, wait_until

SLEEP = ["sleep", "60"]
DEAF = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"]


class Bench:
    """Parts made of shell commands, run until their test ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stop = StopRequest()
        self.stop_at_next_start = False
        self.lines: list[str] = []

    def part(
        self,
        name: str,
        command: list[str],
        *,
        needs: tuple[str, ...] = (),
        once: bool = False,
        ready: Callable[[], bool] = lambda: True,
        stop_seconds: float = 3.0,
    ) -> Part:
        log = self.folder / f"{name}.log"
        start: Callable[[], subprocess.Popen[bytes]] = partial(
            spawn, command, env={"PATH": "/usr/bin:/bin"}, cwd=self.folder, log=log
        )
        return Part(
            name=name,
            title=name,
            log=log,
            start=start,
            ready=ready,
            needs=needs,
            once=once,
            stop_seconds=stop_seconds,
        )

    def supervisor(self, *parts: Part) -> Supervisor:
        return Supervisor(parts, stop=self.stop, report=self.lines.append, noted=self._noted)

    def _noted(self, _running: object) -> None:
        if self.stop_at_next_start:
            self.stop.times = 1


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_part_waits_for_what_it_needs(bench: Bench) -> None:
    supervisor = bench.supervisor(
        bench.part("api", SLEEP, needs=("schema",)),
        bench.part("schema", ["sleep", "0.3"], needs=("postgres",), once=True),
        bench.part("postgres", SLEEP),
    )
    try:
        supervisor.start()
    finally:
        stop_in_order(supervisor.running, request=bench.stop)
    assert [line.split()[0] for line in bench.lines] == ["postgres", "schema", "api"]


def test_a_killed_part_comes_back(bench: Bench) -> None:
    supervisor = bench.supervisor(bench.part("api", SLEEP))
    child = supervisor.running[0]
    try:
        supervisor.start()
        assert child.process is not None
        first = child.process.pid
        child.process.kill()
        bench.stop_at_next_start = True
        supervisor.watch()
        assert child.process.pid != first
    finally:
        stop_in_order(supervisor.running, request=bench.stop)
    assert bench.lines[1] == "api ended (killed by signal 9); starting it again in 0.5 s"


def test_a_part_that_keeps_dying_stops_everything_naming_its_log(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deployments.restarts._FIRST_DELAY", 0.01)
    supervisor = bench.supervisor(bench.part("api", ["false"], ready=lambda: False))
    with pytest.raises(PartFailed, match=r"api ended 5 times in a minute; see .*api\.log"):
        supervisor.start()


def test_work_that_fails_once_speaks_through_its_last_line(bench: Bench) -> None:
    command = ["sh", "-c", "echo noise; echo 'The schema is newer than this program.' >&2; exit 1"]
    supervisor = bench.supervisor(bench.part("schema", command, once=True))
    with pytest.raises(PartFailed, match=r"^The schema is newer than this program\.$"):
        supervisor.start()


def test_a_stop_during_the_start_ends_the_start(bench: Bench) -> None:
    supervisor = bench.supervisor(bench.part("api", SLEEP, ready=lambda: False))
    bench.stop_at_next_start = True
    supervisor.start()
    stop_in_order(supervisor.running, request=bench.stop)
    assert supervisor.running[0].is_gone()


def test_parts_stop_in_order_and_the_deaf_are_killed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    supervisor = bench.supervisor(
        bench.part("prefect", SLEEP), bench.part("api", SLEEP), bench.part("serve", DEAF, stop_seconds=0.5)
    )
    supervisor.start()
    time.sleep(0.5)  # the deaf one needs a moment to close its ears
    for child in supervisor.running:
        monkeypatch.setattr(child, "ask_to_stop", partial(noted, order, child.part.name, child.ask_to_stop))
    stop_in_order(supervisor.running, request=bench.stop)
    assert order == ["serve", "api", "prefect"]
    status = {child.part.name: child.process.returncode for child in supervisor.running if child.process}
    assert status == {"serve": -signal.SIGKILL, "api": -signal.SIGTERM, "prefect": -signal.SIGTERM}


def noted(order: list[str], name: str, ask: Callable[[], None]) -> None:
    order.append(name)
    ask()


def test_a_second_request_does_not_wait(bench: Bench) -> None:
    supervisor = bench.supervisor(bench.part("serve", DEAF, stop_seconds=30))
    supervisor.start()
    time.sleep(0.5)
    bench.stop.times = 2
    begun = time.monotonic()
    stop_in_order(supervisor.running, request=bench.stop)
    assert time.monotonic() - begun < 2


def test_what_a_part_started_ends_with_it(bench: Bench) -> None:
    pid_file = bench.folder / "grandchild"
    supervisor = bench.supervisor(bench.part("serve", ["sh", "-c", f"sleep 60 & echo $! > {pid_file}; wait"]))
    try:
        supervisor.start()
        while not pid_file.exists() or not pid_file.read_text():
            time.sleep(0.02)
        child = supervisor.running[0]
        assert child.process is not None
        child.process.kill()
        bench.stop_at_next_start = True
        supervisor.watch()
    finally:
        stop_in_order(supervisor.running, request=bench.stop)
    grandchild = int(pid_file.read_text())
    wait_until(lambda: is_gone(grandchild))
