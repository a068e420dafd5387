"""Work that must come to its end once begun, whoever asks to stop meanwhile."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def uncut(work: Coroutine[Any, Any, T]) -> tuple[T, bool]:
    """Runs the work to its end, and says whether this task was told to stop meanwhile.

    The caller settles what the work gave and then raises `asyncio.CancelledError` itself.
    """
    task = asyncio.ensure_future(work)
    told_to_stop = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            told_to_stop = True
    return task.result(), told_to_stop
