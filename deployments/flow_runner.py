"""Prefect's runner, with an orderly end: its own SIGTERM handler never awaits the stop and orphans flow runs."""

import asyncio
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from prefect.runner import Runner

from tasks.cancellation import STOPPED


class FlowRunner(Runner):
    """Runs what is due until SIGTERM, then cancels all its flow runs at once and ends.

    Prefect 3.8 cancels them one after the other, at up to 3 seconds each; a stack must stop within 15.
    """

    _stopping: asyncio.Task[None] | None = None
    ready_file: Path | None = None
    """Made once the runner is able to run what is due."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        if self.ready_file is not None:
            self.ready_file.touch()
        return self

    def handle_sigterm(self, *_args: Any, **_kwargs: Any) -> None:
        """Replaces Prefect's handler, which `start()` installs by this name."""
        loop = asyncio.get_running_loop()
        loop.call_soon_threadsafe(self._begin_stop)

    async def cancel_all(self) -> None:
        """Asks every flow run to end, and waits until all have."""
        asked = [self._stop_flow_run(id_) for id_ in self._process_manager.flow_run_ids()]
        # One that fails (no Prefect server any more) must not end the wait for the others.
        await asyncio.gather(*asked, return_exceptions=True)

    async def _stop_flow_run(self, flow_run_id: UUID) -> None:
        """Leaves the state as it is until the process has ended: it tells a stop from a person's cancel by it."""
        flow_run = await self._client.read_flow_run(flow_run_id)
        await self._cancellation_manager.cancel(flow_run, state_msg=STOPPED)

    def _begin_stop(self) -> None:
        if self._stopping is None:
            self._stopping = asyncio.create_task(self.astop())
