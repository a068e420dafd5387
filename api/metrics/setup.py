"""Makes `/metrics` part of the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.process_collector import ProcessCollector

from api.metrics.access import MetricsKeys
from api.metrics.database import DatabaseFigures
from api.metrics.webhooks import MeasureWebhooks, webhook_seconds
from messaging.settings import Settings
from models.engine import open_engine

_CONNECTIONS = 2
_STATEMENT_SECONDS = 1.0

router = APIRouter()


@dataclass(frozen=True, slots=True)
class _Metrics:
    registry: CollectorRegistry
    figures: DatabaseFigures
    keys: MetricsKeys


def add_metrics(app: FastAPI) -> None:
    """Adds the route, and measures webhooks from now on; to be called after other middleware."""
    app.state.registry = CollectorRegistry()
    ProcessCollector(registry=app.state.registry)
    app.add_middleware(MeasureWebhooks, seconds=webhook_seconds(app.state.registry))
    app.include_router(router)


@asynccontextmanager
async def metrics_at_work(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """With connections of their own, until the end; needs `app.state.feed`."""
    async with open_engine(
        settings, application="metrics", pool_size=_CONNECTIONS, statement_seconds=_STATEMENT_SECONDS
    ) as engine:
        figures = DatabaseFigures(engine, app.state.feed)
        registry: CollectorRegistry = app.state.registry
        app.state.metrics = _Metrics(registry, figures, MetricsKeys(engine))
        registry.register(figures)
        try:
            yield
        finally:
            registry.unregister(figures)


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Everything in Prometheus' text form, figures of the database not older than five seconds."""
    found: _Metrics = request.app.state.metrics
    await found.keys.require(request)
    await found.figures.refresh()
    return Response(generate_latest(found.registry), media_type=CONTENT_TYPE_LATEST)
