"""Sees to it that a flow run dispatches direct messages: called after the transaction that planned them.

Nothing is lost when this fails: the sweep starts a dispatch for what is due, too.
"""

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.prefect_runs import PrefectUnavailable, one_waits, start_run
from models.messages.direct.dispatching import DEPLOYMENT, TAG, call_dispatch, uncall_dispatch

_log = structlog.get_logger(__name__)


async def wake_dispatch(engine: AsyncEngine, *, prefect_api_url: str | None) -> None:
    """Starts a `dispatch` run unless one is at work, or was asked for a moment ago; never raises.

    Of many callers at once, in any number of processes, one starts it. A message to a dispatch at work needs no
    waking: it looks twice a second.
    """
    if prefect_api_url is None:
        return
    try:
        if not await call_dispatch(engine):
            return
        await _start(engine, prefect_api_url)
    except SQLAlchemyError as error:
        _log.warning("dispatch_not_woken", error=type(error).__name__)


async def _start(engine: AsyncEngine, prefect_api_url: str) -> None:
    try:
        if not await one_waits(prefect_api_url, tag=TAG):
            await start_run(
                prefect_api_url, deployment=DEPLOYMENT, parameters={}, name="for new messages", tags=[TAG]
            )
    except PrefectUnavailable as error:
        _log.warning("dispatch_not_started", reason=str(error))
        await uncall_dispatch(engine)
