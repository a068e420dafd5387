"""Traces on or off for a process: on when OTEL_EXPORTER_OTLP_ENDPOINT names a collector."""

from collections.abc import Iterator
from contextlib import contextmanager

from messaging.settings import Settings
from messaging.tracing.spans import is_traced, use


@contextmanager
def tracing(settings: Settings, *, service: str) -> Iterator[None]:
    """Makes and sends spans until the end, as `service`; nothing without a collector, or where they are made.

    The end takes up to two seconds when the collector is away.
    """
    if settings.otel_exporter_otlp_endpoint is None or is_traced():
        yield
        return
    from messaging.tracing.export import Export  # noqa: PLC0415 (the SDK costs memory and a start)

    export = Export(settings.otel_exporter_otlp_endpoint, service=service)
    use(export.tracer)
    try:
        yield
    finally:
        use(None)
        export.stop()
