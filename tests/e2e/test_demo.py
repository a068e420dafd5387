"""`tidings demo` as a person runs it: a process of its own that leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

HOSTILE = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
    "PREFECT_API_URL": "http://127.0.0.1:9/api",
    "TIDINGS_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
    "TIDINGS_HOME": "/nonexistent",
    "PUBLIC_BASE_URL": "https://example.org",
}
"""Settings that would break everything if the demo heeded them."""


@contextmanager
def demo(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The demo with its temporary folder in `folder`, amid settings of somebody else's."""
    (folder / ".env").write_text("TWILIO_AUTH_TOKEN=half-of-an-account\n")
    (folder / "tmp").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", "demo", *options],
        cwd=folder,
        env={**os.environ, **HOSTILE, "TMPDIR": str(folder / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.long
def test_the_whole_of_it(tmp_path: Path) -> None:
    with demo(tmp_path, "--json") as process:
        story, told = process.communicate(timeout=400)
    assert process.returncode == 0, told
    ending = json.loads(story)
    assert [promise["broken"] for promise in ending["promises"]] == [[]] * 15
    first, second = ending["reports"]
    for report in (first, second):
        assert sum(report["states"].values()) == report["audience"] > 1_500
        assert report["states"]["delivered"] > 900
        assert report["run"]["state"] == "finished"
    assert first["opt_outs"] > 5
    assert second["skipped"]["opted_out"] >= first["skipped"]["opted_out"] + first["opt_outs"]
    assert int(ending["promises"][1]["figures"].split()[2]) > 0, "nobody said STOP before their turn had come"
    assert ending["promises"][9]["figures"] == "473 messages"
    assert "Asking the simulated Twilio whether the promises were kept" in told
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(signal.SIGINT, id="Ctrl-C"),
        pytest.param(signal.SIGKILL, id="kill -9", marks=pytest.mark.long),
    ],
)
def test_no_process_outlives_it(tmp_path: Path, number: signal.Signals) -> None:
    with demo(tmp_path) as process:
        assert process.stdout is not None
        while "PostgreSQL is ready" not in (line := process.stdout.readline()):
            assert line or process.poll() is None, process.stderr and process.stderr.read()
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        _, told = process.communicate(timeout=30)
    until = time.monotonic() + 15
    while any(child.is_running() for child in children) and time.monotonic() < until:
        time.sleep(0.1)
    assert len(children) >= 3
    assert [child for child in children if child.is_running()] == []
    if number == signal.SIGINT:
        assert (process.returncode, told.splitlines()[-1]) == (130, "Interrupted; everything was stopped.")
        assert list((tmp_path / "tmp").iterdir()) == []
