"""Sees to it that someone sends direct messages: called after the transaction that planned them.

Nothing is lost when this fails: the sweep starts a flow run for what is due, too.
"""

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.prefect_runs import PrefectUnavailable, one_waits, start_run
from models.messages.direct.sending import DEPLOYMENT, TAG, call_a_sender, call_failed

_log = structlog.get_logger(__name__)


async def wake_direct_sending(engine: AsyncEngine, *, prefect_api_url: str | None) -> None:
    """Starts a `direct` run unless one is at work, or was asked for a moment ago; never raises.

    Of many callers at once, in any number of processes, one starts it. A run at work needs no waking: it looks
    twice a second.
    """
    if prefect_api_url is None:
        return
    try:
        if not await call_a_sender(engine):
            return
        if not await _is_coming(prefect_api_url):
            await call_failed(engine)
    except SQLAlchemyError as error:
        _log.warning("direct_sending_not_woken", error=type(error).__name__)


async def _is_coming(prefect_api_url: str) -> bool:
    """Starts one, or finds one that waits for a worker; False when Prefect cannot be asked."""
    try:
        if not await one_waits(prefect_api_url, tag=TAG):
            await start_run(prefect_api_url, deployment=DEPLOYMENT, parameters={}, name="for new messages")
    except PrefectUnavailable as error:
        _log.warning("direct_sending_not_started", reason=str(error))
        return False
    return True
