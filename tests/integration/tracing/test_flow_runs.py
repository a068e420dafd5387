"""A flow run is part of the trace of what asked Prefect for it."""

from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext

from api.prefect_runs import start_run
from messaging.settings import Settings
from messaging.tracing.setup import tracing
from messaging.tracing.spans import NOTHING, current_span, span
from tasks.spans import flow_span
from tests.integration.prefect_double import PrefectDouble
from tests.integration.tracing.collector import collecting


async def test_it_continues_the_request(settings: Settings, prefect: PrefectDouble) -> None:
    with collecting() as told:
        with tracing(settings.model_copy(update={"otel_exporter_otlp_endpoint": told.url}), service="test"):
            with span("request"):
                await start_run(prefect.url, deployment="campaign/campaign", parameters={})
            labels = prefect.asked[-1]["labels"]
            flow_run = FlowRun(flow_id=uuid4(), labels=labels)
            with FlowRunContext.model_construct(flow_run=flow_run):  # type: ignore[call-arg]  # the rest is not asked
                async with flow_span("campaign"):
                    assert current_span().traceparent is not None
        request, made = told.one("request"), told.one("flow campaign")
    assert (made.trace, made.parent) == (request.trace, request.id)


async def test_untraced_it_is_asked_for_as_ever(prefect: PrefectDouble) -> None:
    await start_run(prefect.url, deployment="campaign/campaign", parameters={})
    assert "labels" not in prefect.asked[-1]
    async with flow_span("campaign"):
        assert current_span() is NOTHING


def test_of_an_error_only_its_class_is_told(settings: Settings) -> None:
    with collecting() as told:
        traced = settings.model_copy(update={"otel_exporter_otlp_endpoint": told.url})
        with tracing(traced, service="test"), pytest.raises(ValueError, match="Ada"), span("work"):
            raise ValueError("Ada, +12025550177")
    assert (told.one("work").failed, told.one("work").attributes) == (True, {"error.type": "ValueError"})
    assert b"Ada" not in told.wire
