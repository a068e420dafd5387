"""Starts flow runs of our deployments, on whichever worker serves them; says whether one is coming already."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments import run_deployment

from models.campaigns.flow_runs import tag_of
from models.messages.direct.sending import DEPLOYMENT as DIRECT_DEPLOYMENT
from models.messages.direct.sending import TAG as DIRECT_TAG

CAMPAIGN_DEPLOYMENT = "campaign/campaign"
SEND_DEPLOYMENT = "send/send"
SWEEP_DEPLOYMENT = "sweep/sweep"

_BEGINNING = timedelta(seconds=30)
"""How long a flow run may take from its start to its first sign of life."""


async def start_sending(run_id: UUID, *, name: str) -> None:
    """Starts a `send` run for a campaign run."""
    await _start(SEND_DEPLOYMENT, {"order": {"run": str(run_id)}}, run_id=run_id, name=name)


async def start_campaign(run_id: UUID, *, campaign_id: UUID, occurrence: str, name: str) -> None:
    """Starts a `campaign` run for an occurrence that was never planned."""
    order = {"campaign": str(campaign_id), "occurrence": occurrence}
    await _start(CAMPAIGN_DEPLOYMENT, {"order": order}, run_id=run_id, name=name)


async def start_direct(*, name: str) -> None:
    """Starts a `direct` run."""
    await run_deployment(  # type: ignore[misc]  # a coroutine wherever an event loop runs
        name=DIRECT_DEPLOYMENT, flow_run_name=name, timeout=0, as_subflow=False
    )


async def direct_is_coming() -> bool:
    """Whether a `direct` run waits for a worker."""
    waiting = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[DIRECT_TAG]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED, StateType.PENDING])),
    )
    async with get_client() as client:
        return bool(await client.read_flow_runs(flow_run_filter=waiting, limit=1))


async def one_is_coming(run_id: UUID) -> bool:
    """Whether a flow run for the campaign run waits for a worker, or began too recently to have given a sign.

    One that is `Running` for longer counts for nothing: it may have been killed.
    """
    wanted = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[tag_of(run_id)]),
        state=FlowRunFilterState(
            type=FlowRunFilterStateType(any_=[StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING])
        ),
    )
    async with get_client() as client:
        found = await client.read_flow_runs(flow_run_filter=wanted, limit=50)
    return any(_is_coming(one) for one in found)


async def newest_flow_run(run_id: UUID) -> FlowRun | None:
    """The flow run for the campaign run that was made last."""
    wanted = FlowRunFilter(tags=FlowRunFilterTags(all_=[tag_of(run_id)]))
    async with get_client() as client:
        found = await client.read_flow_runs(flow_run_filter=wanted, sort=FlowRunSort.ID_DESC, limit=1)
    return found[0] if found else None


def _is_coming(flow_run: FlowRun) -> bool:
    if flow_run.state is None or flow_run.state.type is StateType.SCHEDULED:
        return True
    return datetime.now(UTC) - flow_run.state.timestamp < _BEGINNING


async def _start(deployment: str, parameters: dict[str, Any], *, run_id: UUID, name: str) -> None:
    await run_deployment(  # type: ignore[misc]  # a coroutine wherever an event loop runs
        name=deployment,
        parameters=parameters,
        flow_run_name=name,
        tags=[tag_of(run_id)],
        timeout=0,
        as_subflow=False,
    )
