"""Delivers events to subscriptions, beside the API's requests: each subscription at its own pace.

What is due is in the database, and taken with a lease, so that `kill -9` costs nothing but time, and several
processes share the work. Order is not kept, as a failed delivery comes later than the next ones; the event's own
`sequence` gives it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.database_faults import NotStoredError, describe, within
from models.columns import utc_now
from models.events.delivered import Attempt, record_attempts
from models.events.outgoing import (
    Claimed,
    Listener,
    claim_deliveries,
    content_of,
    fan_out,
    listeners_due,
)

TICK = 0.5
AT_ONCE = 20
"""Deliveries to one subscription at the same time; one while it fails."""

LEASE = 60.0
"""Seconds; longer than any delivery takes."""

PATIENCE = 20.0
"""Seconds that are waited for the database."""

GRACE = 1.0
"""Seconds that deliveries under way get at the end."""

Send = Callable[[Listener, Claimed, Mapping[str, Any] | None], Awaitable[Attempt]]
log = structlog.get_logger(__name__)


class Deliverer:
    """One a process; `senders` has a way to tell for each kind of target."""

    def __init__(self, engine: AsyncEngine, senders: Mapping[str, Send]) -> None:
        self._engine = engine
        self._senders = senders
        self._serving: dict[UUID, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Delivers until canceled; a database that is down is waited for."""
        down = False
        while True:
            try:
                await within(PATIENCE, self._turn())
                down = False
            except (SQLAlchemyError, OSError, NotStoredError) as error:
                if not down:
                    log.error("deliveries wait for the database", reason=describe(error))
                down = True
            await asyncio.sleep(TICK)

    async def finish(self) -> None:
        """Waits a moment for what is under way; what is not answered by then is delivered again."""
        serving = list(self._serving.values())
        if serving:
            await asyncio.wait(serving, timeout=GRACE)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def _turn(self) -> None:
        async with self._engine.begin() as connection:
            await fan_out(connection)
            due = await listeners_due(connection)
        for listener in due:
            if listener.id not in self._serving:
                self._serving[listener.id] = asyncio.create_task(self._serve(listener))

    async def _serve(self, listener: Listener) -> None:
        try:
            while await self._deliver_some(listener):
                pass
        except (SQLAlchemyError, OSError, NotStoredError) as error:
            log.error("deliveries not recorded", subscription_id=str(listener.id), reason=describe(error))
        finally:
            del self._serving[listener.id]

    async def _deliver_some(self, listener: Listener) -> bool:
        """Tells the next events; says whether all were taken, so that there is more to do now."""
        most = 1 if listener.failures else AT_ONCE
        claimed, contents = await within(PATIENCE, self._claim(listener, most=most))
        if not claimed:
            return False
        send = self._senders[listener.target]
        attempts = await asyncio.gather(
            *(send(listener, each, contents.get(each.event.subject.get("message_id", 0))) for each in claimed)
        )
        state = await within(PATIENCE, self._record(listener, attempts))
        if state is not None:
            log.error("events are no longer delivered", subscription_id=str(listener.id), state=state)
        return not any(attempt.error for attempt in attempts) and len(claimed) == most > 1

    async def _claim(
        self, listener: Listener, *, most: int
    ) -> tuple[Sequence[Claimed], Mapping[int, Mapping[str, Any]]]:
        async with self._engine.begin() as connection:
            claimed = await claim_deliveries(connection, listener.id, most=most, lease=LEASE)
            events = [each.event for each in claimed]
            return claimed, await content_of(connection, events) if listener.include_content else {}

    async def _record(self, listener: Listener, attempts: Sequence[Attempt]) -> str | None:
        async with self._engine.begin() as connection:
            return await record_attempts(connection, listener, attempts, now=utc_now())
