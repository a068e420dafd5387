"""Runs `tidings …` in this process, as its entry point does: a real command without a second's start each time."""

import asyncio
import contextlib
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from cli.main import main
from tests.fixtures.logs import logs_as_before


@dataclass(frozen=True)
class Done:
    """How a command ended and what it printed."""

    status: int
    stdout: str
    stderr: str

    @property
    def refusal(self) -> str:
        """The one line that a failed command tells, without its prefix."""
        assert (self.status, self.stdout) == (1, ""), self
        assert self.stderr.startswith("tidings: ")
        assert self.stderr.count("\n") == 1
        return self.stderr.removeprefix("tidings: ").strip()


async def run_command(*arguments: str, environment: dict[str, str], folder: Path) -> Done:
    """Runs one command with just this environment; commands bring their own event loop, so in a thread."""
    return await asyncio.to_thread(_run, arguments, environment, folder)


def _run(arguments: tuple[str, ...], environment: dict[str, str], folder: Path) -> Done:
    out, err = io.StringIO(), io.StringIO()
    status = 0
    with (
        patch.dict(os.environ, environment, clear=True),
        patch.object(sys, "argv", ["tidings", *arguments]),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        logs_as_before(),
    ):
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
    return Done(status, out.getvalue(), err.getvalue())
