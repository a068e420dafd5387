"""Prefect's runner, with an orderly end: its own SIGTERM handler never awaits the stop and orphans flow runs."""

import asyncio
from pathlib import Path
from typing import Any, Self

from prefect.runner import Runner


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
        cancellation, processes = self._cancellation_manager, self._process_manager
        asked = [cancellation.cancel_by_id(id_) for id_ in processes.flow_run_ids()]
        # One that fails (no Prefect server any more) must not end the wait for the others.
        await asyncio.gather(*asked, return_exceptions=True)

    def _begin_stop(self) -> None:
        if self._stopping is None:
            self._stopping = asyncio.create_task(self.astop())
