"""A stop that loses no answer: requests under way are waited for before Prefect ends the flow run.

Left to itself, Prefect raises its own exception in the middle of the event loop, and asyncio then cancels every
task, the ones that wait for Twilio's answers too.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import TypeVar

import structlog

T = TypeVar("T")
_log = structlog.get_logger(__name__)


async def until_told_to_stop(
    work: Coroutine[None, None, T], *, when_told: Callable[[], Coroutine[None, None, None]]
) -> T:
    """Runs the work to its end and returns what it gives.

    On SIGTERM cancels it in order first, and only then lets the signal have its way.

    `when_told` runs beside the end of the work; that it failed is only logged. Raises what the work raises, and
    whatever the handler that was there before raises for the signal.
    """
    loop = asyncio.get_running_loop()
    working = asyncio.ensure_future(work)
    if threading.current_thread() is not threading.main_thread():
        return await working
    before = signal.getsignal(signal.SIGTERM)
    telling: list[asyncio.Task[None]] = []
    told = False

    def stop() -> None:
        working.cancel()
        if not telling:
            telling.append(loop.create_task(when_told()))

    def tell(_signal: int, _frame: FrameType | None) -> None:
        nonlocal told
        told = True
        loop.call_soon_threadsafe(stop)

    signal.signal(signal.SIGTERM, tell)
    try:
        await asyncio.wait([working])
        if told:
            stop()  # the signal may have come as the work ended
            await asyncio.wait(telling)
    finally:
        signal.signal(signal.SIGTERM, before)
        working.cancel()
        await asyncio.wait([working])
    if told:
        _log_failure(telling[0])
        os.kill(os.getpid(), signal.SIGTERM)
    return await working


def _log_failure(telling: "asyncio.Task[None]") -> None:
    error = telling.exception()
    if error is not None:
        _log.error("stop_not_understood", error=type(error).__name__)
