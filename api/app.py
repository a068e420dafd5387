"""The API: a factory for uvicorn (`uvicorn --factory api.app:create_app`)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api import health, webhooks
from api.answered import Answered
from api.batcher import Batcher
from api.direct_route import DirectRoute
from api.events_work import events_at_work
from api.flow_starts import keep_starting_flows
from api.heartbeat import keep_beating
from api.logs import configure_logs
from api.metrics.setup import add_metrics, metrics_at_work
from api.request_ids import RequestIds
from api.schema_health import known_revisions
from api.signature import Verifier
from api.status_callbacks import StatusStore
from api.tracing import OFF, TraceRequests
from api.v1.setup import DESCRIPTION, add_v1, open_api_engine
from messaging.bursts import BurstWatch
from messaging.business_time import keep_time_as_set
from messaging.settings import Settings, load_settings
from messaging.tracing.setup import tracing
from models.engine import open_engine

_CONNECTIONS = 10


def create_app() -> FastAPI:
    """The API for the settings as they are now; the database is first asked for when a request needs it.

    Raises `SettingsError` when there is no database, Twilio account or PUBLIC_BASE_URL.
    """
    settings = load_settings()
    configure_logs()
    keep_time_as_set(settings)
    known_revisions()
    app = FastAPIOffline(  # the page of documents needs no server but ours: people type their keys into it
        redoc_url=None,
        title="Tidings",
        description=DESCRIPTION,
        lifespan=_lifespan,
        redirect_slashes=False,
        telemetry=OFF,
    )
    app.state.settings = settings
    app.state.verifier = Verifier.from_settings(settings)
    app.state.answered = Answered()
    app.include_router(webhooks.router)
    app.include_router(health.router)
    app.add_middleware(DirectRoute, handlers=webhooks.HANDLERS)
    add_v1(app)
    add_metrics(app)
    app.add_middleware(TraceRequests)
    app.add_middleware(RequestIds)  # the last is the outermost
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    with tracing(settings, service="tidings-api"):
        async with _at_work(app, settings):
            yield


@asynccontextmanager
async def _at_work(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    async with (
        open_engine(settings, application="api", pool_size=_CONNECTIONS) as engine,
        open_api_engine(settings) as app.state.api_engine,
        events_at_work(app, settings),
        metrics_at_work(app, settings),
    ):
        store = StatusStore(engine, BurstWatch(settings.burst_rule))
        batcher = Batcher(store.write, isolate=store.isolate)
        app.state.engine = engine
        app.state.statuses = batcher
        tokens = app.state.verifier.tokens
        flows = keep_starting_flows(engine, settings)
        work = (batcher.run(), keep_beating(engine), tokens.keep_fresh(engine), flows)
        background = [asyncio.create_task(each) for each in work]
        try:
            yield
        finally:
            for task in background:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
