"""Figures from the database, read at most every few seconds however often they are asked for."""

import asyncio
from collections.abc import Iterable, Iterator
from time import monotonic

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.database_faults import NotStoredError, within
from api.live.feed import Feed
from models.metrics.figures import Figure
from models.metrics.reading import Reading, Samples, read_figures

FRESH_SECONDS = 5.0
_PATIENCE = 4.0


class DatabaseFigures(Collector):
    """What was last read. While the database is away only `tidings_database_up 0` is told of it."""

    def __init__(self, engine: AsyncEngine, feed: Feed) -> None:
        self._engine = engine
        self._feed = feed
        self._reading: Reading | None = None
        self._read_at = float("-inf")
        self._turn = asyncio.Lock()

    async def refresh(self) -> None:
        """Reads anew unless the last reading is fresh; several who ask at once share one."""
        async with self._turn:
            if monotonic() - self._read_at < FRESH_SECONDS:
                return
            try:
                self._reading = await within(_PATIENCE, read_figures(self._engine))
            except (NotStoredError, SQLAlchemyError, OSError):
                self._reading = None
            self._read_at = monotonic()

    def collect(self) -> Iterator[Metric]:
        """The figures as Prometheus takes them."""
        reading = self._reading
        yield _gauge("tidings_stream_clients", "Open streams of this process.", self._feed.listeners)
        yield _gauge("tidings_database_up", "Whether the database answers.", reading is not None)
        if reading is None:
            return
        left_out = "Figures that could not be read in time, and are missing."
        yield _gauge("tidings_figures_left_out", left_out, reading.left_out)
        for figure, samples in reading.values.items():
            yield _family(figure, samples)

    def describe(self) -> Iterable[Metric]:
        """Nothing ahead: what there is depends on the database."""
        return ()


def _gauge(name: str, help_: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_, value=value)


def _family(figure: Figure, samples: Samples) -> Metric:
    kind = CounterMetricFamily if figure.counter else GaugeMetricFamily
    family = kind(figure.name, figure.help, labels=figure.labels)
    for labels, value in samples.items():
        family.add_metric(list(labels), value)
    return family
