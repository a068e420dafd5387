"""Spans: pieces of work with a beginning and an end. Without a tracer they are nothing, at no cost.

Attributes are ids, counts, classes and HTTP statuses; never a number, a text, or an error's message.
"""

from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Protocol
from uuid import UUID

Value = str | int | UUID | None
FLOW_RUN_LABEL = "tidings.traceparent"
"""Of a flow run of Prefect: the trace of what asked for it."""


class Kind(StrEnum):
    """Which side of a request a span is on; `work` is on none."""

    WORK = "internal"
    SERVER = "server"
    CLIENT = "client"


class Span(Protocol):
    """A piece of work under way."""

    def note(self, **attributes: Value) -> None:
        """Adds attributes, as `tidings.NAME`; those that are None are left out."""

    def answer(self, *, method: str, route: str, status: int) -> None:
        """Says of a request that was served what it was, and its HTTP status; the span is named by it."""

    @property
    def traceparent(self) -> str | None:
        """The span as W3C Trace Context writes it, for whoever continues its trace; None when it is not kept."""


class Tracer(Protocol):
    """What makes spans (`messaging.tracing.otel`)."""

    def span(self, name: str, *, kind: Kind, parent: str | None) -> AbstractContextManager[Span]: ...

    def current(self) -> Span: ...

    def past(self, name: str, *, parent: str, began: int, attributes: dict[str, Value]) -> None: ...


class _Nothing:
    """The span of work that is not traced."""

    traceparent: str | None = None

    def note(self, **attributes: Value) -> None:
        """Forgets them."""

    def answer(self, *, method: str, route: str, status: int) -> None:
        """Forgets it."""


NOTHING: Span = _Nothing()
_UNTRACED = nullcontext(NOTHING)
_tracer: Tracer | None = None


def use(tracer: Tracer | None) -> None:
    """Makes spans by `tracer` from now on, in the whole process; None makes none."""
    global _tracer
    _tracer = tracer


def is_traced() -> bool:
    """Whether spans are made."""
    return _tracer is not None


def span(name: str, *, kind: Kind = Kind.WORK, parent: str | None = None) -> AbstractContextManager[Span]:
    """The work inside, as a part of the trace of `parent` (a traceparent), else of the span around it."""
    return _UNTRACED if _tracer is None else _tracer.span(name, kind=kind, parent=parent)


def current_span() -> Span:
    """The innermost span of the work that this code is part of."""
    return NOTHING if _tracer is None else _tracer.current()


def past_span(name: str, *, parent: str | None, began: int, **attributes: Value) -> None:
    """Work that ended just now, seen from each trace that it was done for; `began` is in `time.time_ns()`."""
    if _tracer is not None and parent is not None:
        _tracer.past(name, parent=parent, began=began, attributes=attributes)
