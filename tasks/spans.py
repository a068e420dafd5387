"""What a flow run tells of its work to those who read traces; a campaign's messages have no spans of their own."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

from prefect.context import FlowRunContext

from messaging.tracing.spans import FLOW_RUN_LABEL, NOTHING, Kind, Span, past_span, span
from models.campaigns.runs import Run
from models.messages.judging import ClaimedMessage
from tasks.findings import Finding


@asynccontextmanager
async def flow_span(name: str) -> AsyncIterator[None]:
    """A flow run, as a part of what asked for it."""
    with span(f"flow {name}", parent=_asked_by()):
        yield


def tell_claimed(messages: Iterable[ClaimedMessage], *, run: Run, began: int) -> None:
    """The claim that ended just now, in the trace of each message that has one."""
    for message in messages:
        past_span(
            "claim",
            parent=message.traceparent,
            began=began,
            message_id=message.id,
            run_id=run.id,
            organization_id=run.organization_id,
        )


def request_span(message: ClaimedMessage) -> AbstractContextManager[Span]:
    """The way of one message through the gate to Twilio and its answer, if it has a trace of its own."""
    if message.traceparent is None:
        return nullcontext(NOTHING)
    return span("request to Twilio", kind=Kind.CLIENT, parent=message.traceparent)


def tell_finding(request: Span, finding: Finding) -> None:
    """What became of it: recorded how, and with which class of outcome."""
    outcome = finding.outcome
    request.note(message_id=finding.message.id, attempt=finding.message.attempt, recorded=finding.result.name)
    if outcome is not None:
        request.note(outcome=outcome.kind.value, error_code=outcome.code, http_status=outcome.http_status)


def _asked_by() -> str | None:
    context = FlowRunContext.get()
    flow_run = context.flow_run if context else None
    found = flow_run.labels.get(FLOW_RUN_LABEL) if flow_run else None
    return found if isinstance(found, str) else None
