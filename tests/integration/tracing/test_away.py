"""A collector that is away or hangs holds nothing up."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from messaging.settings import Settings
from messaging.tracing.setup import tracing
from messaging.tracing.spans import span

MOST_SPANS = 5_000
"""More than are kept for a collector that does not take them."""


@contextmanager
def _nobody() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]


@contextmanager
def _silent() -> Iterator[int]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("collector", [_nobody, _silent], ids=["away", "hangs"])
def test_the_work_goes_on_and_its_end_takes_two_seconds(
    settings: Settings, collector: Callable[[], AbstractContextManager[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    with collector() as port:
        url = f"http://127.0.0.1:{port}"
        began = time.monotonic()
        with tracing(settings.model_copy(update={"otel_exporter_otlp_endpoint": url}), service="test"):
            for number in range(MOST_SPANS):
                with span("work") as work:
                    work.note(number=number)
            worked = time.monotonic() - began
        ended = time.monotonic() - began - worked
    assert worked < 2
    assert ended < 2.5
    assert len([line for line in capsys.readouterr().out.splitlines() if "traces_not_exported" in line]) <= 1
