"""Child of the stack: registers the catalogue with Prefect and runs what is due, as Prefect's `serve()` does."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.process_guard import SERVED_BY

if TYPE_CHECKING:
    from prefect.runner import Runner

READY_FILE = "TIDINGS_SERVE_READY_FILE"
"""Environment variable: the file that is made once every deployment is registered."""

_POLL_SECONDS = 2


async def serve() -> None:
    """Runs until SIGTERM. Schedules stay active when it ends: late runs start when it comes back."""
    from prefect.runner import Runner  # noqa: PLC0415  # slow, and the supervisor imports this module for a name

    runner = Runner(name="tidings", query_seconds=_POLL_SECONDS, pause_on_shutdown=False)
    await _register(runner)
    os.environ[SERVED_BY] = str(os.getpid())
    ready = os.environ.pop(READY_FILE, None)
    if ready is not None:
        Path(ready).touch()  # noqa: ASYNC240  # an instant, before anything runs
    await runner.start()


async def _register(runner: "Runner") -> None:
    from deployments.catalogue import catalogue  # noqa: PLC0415  # imports every flow

    for deployment in catalogue():
        await runner.aadd_deployment(deployment)


if __name__ == "__main__":
    asyncio.run(serve())
