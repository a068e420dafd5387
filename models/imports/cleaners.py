"""Chunks made clean, in their order; those of a large file by other processes, while ours reads and copies."""

import asyncio
import os
import signal
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from os import cpu_count
from typing import TypeVar

from models.imports.faults import ImportRefused
from models.imports.table import Chunk

LARGE = 4 * 2**20
"""Bytes of a file from which on processes are worth the second that it takes to start them."""
_MOST = 4
_AHEAD = 2
"""Chunks that are cleaned, or wait for it, while one is copied: what bounds the memory."""

T = TypeVar("T")


async def cleaned(
    chunks: Iterable[Chunk], clean: Callable[[Chunk], T], *, file_size: int
) -> AsyncGenerator[tuple[Chunk, T], None]:
    """Each chunk with what `clean` (a function that can be pickled) makes of it.

    Raises `ImportRefused` when a process was ended from outside, for want of memory perhaps.
    """
    others = min(_MOST, (cpu_count() or 1) - 1)
    if others < 1 or file_size < LARGE:
        for chunk in chunks:
            yield chunk, clean(chunk)
        return
    loop, under_way = asyncio.get_running_loop(), deque[tuple[Chunk, "asyncio.Future[T]"]]()
    with _cleaners(others) as pool:
        for chunk in chunks:
            under_way.append((chunk, loop.run_in_executor(pool, clean, chunk)))
            if len(under_way) >= others + _AHEAD:
                first, result = under_way.popleft()
                yield first, await result
        for first, result in under_way:
            yield first, await result


@contextmanager
def _cleaners(count: int) -> Iterator[ProcessPoolExecutor]:
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_begin)
    try:
        yield pool
    except BrokenProcessPool:
        raise ImportRefused(
            "A process that helped to read the file was ended from outside; nothing was imported: import it again."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Ctrl-C is for the process that asked for us; when that one is gone, so are we."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)
