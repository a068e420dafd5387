"""What a database error means for a request: try again now, tell Twilio to come again, or blame the item.

SQLSTATE codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from enum import Enum, auto
from random import uniform
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging.errors import TidingsError

Result = TypeVar("Result")

_TRY_AGAIN = frozenset({"40001", "40P01", "55P03", "23505"})
"""Serialization failure, deadlock, lock not available, a unique row that another made meanwhile."""

_UNAVAILABLE = ("08", "53", "57", "58", "25006")
"""Connection lost, out of resources, shut down or canceled, system error, and a standby that only reads."""

_ATTEMPTS = 5
_abandoned: set[asyncio.Task[Any]] = set()


class NotStoredError(TidingsError):
    """Nothing was stored: the database is down or slow, or too many wait for it; the sender should come again."""


class Verdict(Enum):
    """Whose fault a database error is."""

    TRY_AGAIN = auto()
    UNAVAILABLE = auto()
    ITEM = auto()


def verdict_of(error: BaseException) -> Verdict:
    """What to do about an error raised within a transaction; one that is no database error is the item's."""
    if isinstance(error, (PoolTimeout, OSError, NotStoredError)):
        return Verdict.UNAVAILABLE
    if not isinstance(error, DBAPIError):
        return Verdict.ITEM
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or (state is None and isinstance(error, (OperationalError, InterfaceError))):
        return Verdict.UNAVAILABLE
    if state is None:
        return Verdict.ITEM  # the driver refused a value before anything was sent
    if state.startswith(_UNAVAILABLE):
        return Verdict.UNAVAILABLE
    return Verdict.TRY_AGAIN if state in _TRY_AGAIN else Verdict.ITEM


def describe(error: BaseException) -> str:
    """An error for logs and the database: kind and SQLSTATE, never the text, which may quote what people wrote."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    state = getattr(cause, "sqlstate", None)
    return f"{type(cause).__name__} {state}" if state else type(cause).__name__


async def in_transaction(engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
    """Runs `work` in a transaction of its own and commits; deadlocks and lost races are tried again.

    Raises `NotStoredError` when the database is not there; whatever else `work` raises is passed on.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            async with engine.begin() as connection:
                return await work(connection)
        except Exception as error:
            verdict = verdict_of(error)
            if verdict is Verdict.UNAVAILABLE:
                raise NotStoredError(f"The database is unavailable ({describe(error)}).") from error
            if verdict is Verdict.ITEM or attempt == _ATTEMPTS:
                raise
            await asyncio.sleep(uniform(0.0, 0.02 * attempt))  # noqa: S311 (spreads retries, guards nothing)
    raise AssertionError("unreachable")


async def within(seconds: float, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work`, or `NotStoredError` after so many seconds.

    Work that is late is canceled but not waited for: a driver that cancels a query at a silent server takes long.
    """
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            _abandon(task)
    if not done:
        raise NotStoredError(f"The database did not answer within {seconds:g} s.")
    return task.result()


def _abandon(task: asyncio.Task[Any]) -> None:
    _abandoned.add(task)
    task.add_done_callback(_forget)
    task.cancel()


def _forget(task: asyncio.Task[Any]) -> None:
    _abandoned.discard(task)
    if not task.cancelled():
        task.exception()  # asyncio would report it as never retrieved
