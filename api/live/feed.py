"""Puts events in order and wakes the streams of this process; every process of the API runs one.

Each stream reads the database at its own pace, so that a slow client costs no memory.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from time import monotonic
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.database_faults import NotStoredError, describe, within
from api.live.pages import PATIENCE, SharedPages
from models.columns import utc_now
from models.events.progress import Progress, read_progress
from models.events.publishing import MOST, publish
from models.events.reading import heads

TICK = 0.25
"""Seconds between looks for new events."""

PROGRESS_EVERY = 1.0
"""Seconds between counts of campaigns, at least; a count that takes long is made more seldom."""

_SHARE = 0.1
"""Of the time that counting may take."""

Figures = Mapping[UUID, Progress]
log = structlog.get_logger(__name__)


class Feed:
    """What the streams of one process wait for: new events and new figures of the organizations they watch."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._listeners: Counter[UUID] = Counter()
        self._heads: dict[UUID, int] = {}
        self._figures: dict[UUID, dict[UUID, Progress]] = {}
        self._news = asyncio.Event()
        self.pages = SharedPages(engine)
        self.stopping = asyncio.Event()

    @property
    def listeners(self) -> int:
        """How many streams are open."""
        return self._listeners.total()

    @asynccontextmanager
    async def listening(self, organization_id: UUID) -> AsyncIterator[None]:
        """Has the organization watched for as long as a stream of it is open."""
        self._listeners[organization_id] += 1
        try:
            yield
        finally:
            self._listeners[organization_id] -= 1
            self._listeners += Counter()  # drops those with none

    def head(self, organization_id: UUID) -> int:
        """The newest position known of an organization; 0 as long as none is."""
        return self._heads.get(organization_id, 0)

    def figures(self, organization_id: UUID) -> Figures:
        """The organization's campaigns as they stand, by run."""
        return self._figures.get(organization_id, {})

    async def news(self, *, seconds: float) -> None:
        """Returns when there may be something new for someone, or the time is over, or the process stops."""
        waits = [asyncio.create_task(each.wait()) for each in (self._news, self.stopping)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def publish_on(self) -> None:
        """Publishes and wakes until canceled; a database that is down is waited for."""
        down = False
        while True:
            try:
                await within(PATIENCE, self._publish())
                down = False
            except (SQLAlchemyError, OSError, NotStoredError) as error:
                if not down:
                    log.error("events wait for the database", reason=describe(error))
                down = True
            await asyncio.sleep(TICK)

    async def count_on(self) -> None:
        """Counts campaigns that are watched until canceled, apart from events, which must not wait for it."""
        while True:
            began = monotonic()
            with suppress(SQLAlchemyError, OSError, NotStoredError):  # `publish_on` tells of it
                await within(PATIENCE, self._count())
            await asyncio.sleep(max(PROGRESS_EVERY, (monotonic() - began) / _SHARE))

    async def _publish(self) -> None:
        while await publish(self._engine) == MOST:
            pass
        watched = list(self._listeners)
        if not watched:
            return
        async with self._engine.connect() as connection:
            found = await heads(connection, watched)
        if found != self._heads:
            self._heads = found
            self._wake()

    async def _count(self) -> None:
        if not self._listeners:
            return
        async with self._engine.connect() as connection:
            found = await read_progress(connection, list(self._listeners), now=utc_now())
        figures: dict[UUID, dict[UUID, Progress]] = {}
        for each in found:
            figures.setdefault(each.organization_id, {})[each.run_id] = each
        if figures != self._figures:
            self._figures = figures
            self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


@asynccontextmanager
async def running_feed(engine: AsyncEngine) -> AsyncIterator[Feed]:
    """A feed at work, until the end."""
    feed = Feed(engine)
    running = [asyncio.create_task(work) for work in (feed.publish_on(), feed.count_on())]
    try:
        yield feed
    finally:
        feed.stopping.set()
        for work in running:
            work.cancel()
        await asyncio.gather(*running, return_exceptions=True)
