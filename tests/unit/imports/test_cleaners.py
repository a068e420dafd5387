"""A large file is cleaned by other processes: in the same order, to the same end, and none outlives ours."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil
import pytest

from models.imports import cleaners
from models.imports.cleaners import cleaned
from models.imports.cleaning import CleanChunk, clean
from models.imports.faults import ImportRefused
from models.imports.table import Chunk, open_table
from models.imports.text_lines import TextLines
from tests.deployments.processes import wait_until

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FOREVER = """
import asyncio, os, sys, time
from models.imports.cleaners import cleaned
from models.imports.table import Chunk
from tests.unit.imports.test_cleaners import tell_and_wait

async def main():
    async for _ in cleaned([Chunk()], tell_and_wait, file_size=1 << 30):
        pass

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    rows = [f"+4420794{60_000 + nth}{'x' if nth % 7 == 0 else ''},a;b\n" for nth in range(1_000)]
    path.write_text("phone,tags\n" + "".join(rows))
    return path


async def results(path: Path, *, file_size: int) -> list[CleanChunk]:
    table = open_table(TextLines(path), columns={})
    work = partial(clean, header=table.header, region="GB", accept="valid", now=NOW)
    return [result async for _, result in cleaned(table.chunks(size=90), work, file_size=file_size)]


def ends_itself(_: Chunk) -> CleanChunk:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def tell_and_wait(_: Chunk) -> CleanChunk:
    sys.stdout.write(f"{os.getpid()}\n")
    sys.stdout.flush()
    signal.pause()
    raise AssertionError("unreachable")


@pytest.fixture(autouse=True)
def three_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaners, "cpu_count", lambda: 3)


async def test_other_processes_come_to_the_same_in_the_same_order(path: Path) -> None:
    here = await results(path, file_size=0)
    assert len(here) == 12
    assert await results(path, file_size=cleaners.LARGE) == here


async def test_a_process_that_is_ended_ends_the_import_with_a_sentence() -> None:
    with pytest.raises(ImportRefused, match="ended from outside; nothing was imported: import it again"):
        await anext(cleaned([Chunk()], ends_itself, file_size=cleaners.LARGE))


def test_none_outlives_a_killed_import(tmp_path: Path) -> None:
    script = tmp_path / "forever.py"
    script.write_text(FOREVER)
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    importing = subprocess.Popen(
        [sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert importing.stdout is not None
    helper = int(importing.stdout.readline())
    assert psutil.pid_exists(helper)
    importing.kill()
    importing.wait()
    importing.stdout.close()
    wait_until(lambda: not psutil.pid_exists(helper), seconds=10)
