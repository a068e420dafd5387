"""A stop that loses no answer: requests under way are waited for before Prefect ends the flow run.

Left to itself, Prefect raises its own exception in the middle of the event loop, and asyncio then cancels every
task, the ones that wait for Twilio's answers too.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Coroutine
from types import FrameType


async def until_told_to_stop(work: Coroutine[None, None, None]) -> None:
    """Runs the work to its end; on SIGTERM cancels it in order first, and only then lets the signal have its way.

    Raises what the work raises, and whatever the handler that was there before raises for the signal.
    """
    loop = asyncio.get_running_loop()
    working = asyncio.ensure_future(work)
    if threading.current_thread() is not threading.main_thread():
        return await working
    before = signal.getsignal(signal.SIGTERM)
    told = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal told
        told = True
        loop.call_soon_threadsafe(working.cancel)

    signal.signal(signal.SIGTERM, stop)
    try:
        await asyncio.wait([working])
    finally:
        signal.signal(signal.SIGTERM, before)
        working.cancel()
        await asyncio.wait([working])
    if told:
        os.kill(os.getpid(), signal.SIGTERM)
    return await working
