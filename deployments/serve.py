"""Child of the stack: registers the catalogue with Prefect and runs what is due, as Prefect's `serve()` does."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.process_guard import SERVED_BY

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

READY_FILE = "TIDINGS_SERVE_READY_FILE"
"""Environment variable: the file that is made once every deployment is registered and the runner started."""

_POLL_SECONDS = 2
_MOST_FLOW_RUNS = 40
"""Prefect's own limit of 5 would let some long campaigns keep the sweep from ever running."""


async def serve(
    deployments: "Sequence[RunnerDeployment]", *, once_registered: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Runs until SIGTERM. Schedules stay active when it ends: late runs start when it comes back.

    `once_registered` is awaited before anything is run.
    """
    from deployments.flow_runner import FlowRunner  # noqa: PLC0415  # imports Prefect: slow

    runner = FlowRunner(
        name="tidings", query_seconds=_POLL_SECONDS, pause_on_shutdown=False, limit=_MOST_FLOW_RUNS
    )
    for deployment in deployments:
        await runner.aadd_deployment(deployment)
    if once_registered is not None:
        await once_registered()
    os.environ[SERVED_BY] = str(os.getpid())
    ready = os.environ.pop(READY_FILE, None)
    runner.ready_file = Path(ready) if ready is not None else None
    await runner.start()


if __name__ == "__main__":
    from deployments.catalogue import catalogue
    from deployments.first_sweep import sweep_now
    from messaging.settings import load_settings

    asyncio.run(serve(catalogue(load_settings()), once_registered=sweep_now))
