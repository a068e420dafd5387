"""Nobody outlives whom they serve, even when that one is killed with -9. Linux: elsewhere the guard is weaker."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.process_guard import SERVED_BY
from tests.deployments.processes import is_gone, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's death signal is Linux's")

SUPERVISOR = """
import sys, time
from pathlib import Path
from deployments.children import spawn
child = spawn(["sleep", "60"], env={"PATH": "/usr/bin:/bin"}, cwd=Path("/"), log=Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(60)
"""

# As Prefect does: the module is imported in a pool thread that has ended long before the parent dies.
SERVED = """
import os, threading, time
from tasks.process_guard import SERVED_BY, arm_parent_death_signal
importing = threading.Thread(target=arm_parent_death_signal)
importing.start()
importing.join()
assert SERVED_BY not in os.environ
print(os.getpid(), flush=True)
time.sleep(60)
"""
SERVER = f"""
import os, subprocess, sys
os.environ[{SERVED_BY!r}] = str(os.getpid())
subprocess.run([sys.executable, "-c", {SERVED!r}])
"""


def started(script: str, *arguments: str) -> tuple[subprocess.Popen[bytes], int]:
    """The parent, and the process id that it (or its child) printed."""
    parent = subprocess.Popen([sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    return parent, int(parent.stdout.readline())


@pytest.mark.parametrize(
    "script", [pytest.param(SUPERVISOR, id="child of the supervisor"), pytest.param(SERVER, id="flow run")]
)
def test_a_killed_parent_leaves_nothing(script: str, tmp_path: Path) -> None:
    parent, child = started(script, str(tmp_path / "log"))
    with parent:
        assert not is_gone(child)
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: is_gone(child), seconds=3)


def test_a_flow_run_whose_server_died_before_it_armed_ends() -> None:
    env = {**os.environ, SERVED_BY: "1"}
    done = subprocess.run([sys.executable, "-c", SERVED], env=env, capture_output=True, check=False, timeout=10)
    assert done.returncode == -signal.SIGKILL


def test_outside_a_served_run_nothing_is_armed() -> None:
    env = {name: value for name, value in os.environ.items() if name != SERVED_BY}
    script = "import threading; from tasks.process_guard import arm_parent_death_signal as arm; arm()\n"
    script += "assert threading.active_count() == 1"
    subprocess.run([sys.executable, "-c", script], env=env, check=True, timeout=10)
