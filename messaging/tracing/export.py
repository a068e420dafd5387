"""Where spans go: to a collector over OTLP/HTTP, in batches, from a thread of its own.

A collector that is away costs a line in the log a minute, and the spans; the work goes on as if nothing was.
"""

import logging
import os
from threading import Thread

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from messaging.tracing.otel import OtelTracer

LAST_SECONDS = 2.0
"""How long the end of a process waits for its last spans to be taken."""
_PATH = "/v1/traces"
_REQUEST_SECONDS = 5.0
_QUIET_SECONDS = 60.0
_log = structlog.get_logger(__name__)


class Export:
    """Spans on their way to one collector, from `Export(...)` until `stop`.

    OpenTelemetry's other variables hold as they are: OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER,
    OTEL_EXPORTER_OTLP_HEADERS and so on. The global tracer stays as it is, for Prefect looks at it.
    """

    def __init__(self, endpoint: str, *, service: str) -> None:
        _say_little()
        resource = Resource.create({SERVICE_NAME: os.environ.get("OTEL_SERVICE_NAME") or service})
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + _PATH, timeout=_REQUEST_SECONDS)
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self.tracer = OtelTracer(self._provider.get_tracer("tidings"))

    def stop(self) -> None:
        """Sends what is left; gives up after `LAST_SECONDS`."""
        last = Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        last.join(LAST_SECONDS)


class _OnceAMinute(logging.Handler):
    """OpenTelemetry's own complaints: the first of a minute, in our words: its own name the address."""

    _told_at = -_QUIET_SECONDS

    def emit(self, record: logging.LogRecord) -> None:
        if record.created - self._told_at >= _QUIET_SECONDS:
            self._told_at = record.created
            _log.warning("traces_not_exported", hint="see whether OTEL_EXPORTER_OTLP_ENDPOINT is right")


def _say_little() -> None:
    logger = logging.getLogger("opentelemetry")
    logger.handlers = [_OnceAMinute(logging.WARNING)]
    logger.propagate = False
