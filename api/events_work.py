"""What the API does with events beside its requests: puts them in order, streams and delivers them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.live.feed import running_feed
from api.live.stopping import set_on_stop
from api.outgoing.setup import running_deliverer
from messaging.settings import Settings
from models.engine import open_engine

_CONNECTIONS = 5


@asynccontextmanager
async def events_at_work(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Until the end; with connections of its own, so that webhooks find theirs free."""
    async with (
        open_engine(settings, application="events", pool_size=_CONNECTIONS) as app.state.events_engine,
        running_feed(app.state.events_engine) as app.state.feed,
        running_deliverer(app.state.events_engine, settings),
    ):
        with set_on_stop(app.state.feed.stopping):
            yield
