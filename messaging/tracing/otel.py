"""Spans by OpenTelemetry. Imported only where traces are wanted: its SDK takes a tenth of a second."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from messaging.tracing.spans import Kind, Span, Value

_W3C = TraceContextTextMapPropagator()
_HEADER = "traceparent"
_KINDS = {
    Kind.WORK: trace.SpanKind.INTERNAL,
    Kind.SERVER: trace.SpanKind.SERVER,
    Kind.CLIENT: trace.SpanKind.CLIENT,
}


@dataclass(frozen=True, slots=True)
class OtelSpan:
    """A span of OpenTelemetry, as `messaging.tracing.spans.Span`."""

    made: trace.Span

    def note(self, **attributes: Value) -> None:
        """See `Span.note`."""
        self.made.set_attributes(_named(attributes))

    def answer(self, *, method: str, route: str, status: int) -> None:
        """See `Span.answer`; the attributes are OpenTelemetry's own (its HTTP semantic conventions)."""
        self.made.update_name(f"{method} {route}")
        self.made.set_attributes(
            {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        )
        if status >= 500:
            self.made.set_status(trace.StatusCode.ERROR)

    @property
    def traceparent(self) -> str | None:
        """See `Span.traceparent`; None too for one that is not sampled: nobody need continue it."""
        if not self.made.get_span_context().trace_flags.sampled:
            return None
        carrier: dict[str, str] = {}
        _W3C.inject(carrier, trace.set_span_in_context(self.made))
        return carrier.get(_HEADER)


@dataclass(frozen=True, slots=True)
class OtelTracer:
    """Makes spans by a tracer of OpenTelemetry."""

    tracer: trace.Tracer

    @contextmanager
    def span(self, name: str, *, kind: Kind, parent: str | None) -> Iterator[Span]:
        """See `messaging.tracing.spans.span`. Of an error only its class is told: its text may hold a number."""
        made = self.tracer.start_span(name, _context(parent), _KINDS[kind])
        with trace.use_span(made, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                yield OtelSpan(made)
            except BaseException as error:
                made.set_attribute("error.type", type(error).__name__)
                made.set_status(trace.StatusCode.ERROR)
                raise

    def current(self) -> Span:
        """See `messaging.tracing.spans.current_span`."""
        return OtelSpan(trace.get_current_span())

    def past(self, name: str, *, parent: str, began: int, attributes: Mapping[str, Value]) -> None:
        """See `messaging.tracing.spans.past_span`."""
        context = _context(parent)
        self.tracer.start_span(name, context, attributes=_named(attributes), start_time=began).end()


def _context(parent: str | None) -> Context | None:
    """None continues what is under way; a malformed traceparent begins a trace."""
    return None if parent is None else _W3C.extract({_HEADER: parent}, Context())


def _named(attributes: Mapping[str, Value]) -> dict[str, str | int]:
    return {
        f"tidings.{name}": str(value) if isinstance(value, UUID) else value
        for name, value in attributes.items()
        if value is not None
    }
