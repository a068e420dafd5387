"""The sweep right after a start: one, now, in place of all that were missed while nothing ran."""

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.deployments import run_deployment

SWEEP_DEPLOYMENT = "sweep/sweep"
_SWEEP = "sweep"


async def sweep_now() -> None:
    """Deletes the sweeps that wait, which would all start at once, and starts one; the schedule makes new ones."""
    waiting = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])))
    async with get_client() as client:
        while missed := await client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=[_SWEEP])),
            deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[_SWEEP])),
            flow_run_filter=waiting,
        ):
            for flow_run in missed:
                await client.delete_flow_run(flow_run.id)
    await run_deployment(  # type: ignore[misc]  # a coroutine wherever an event loop runs
        name=SWEEP_DEPLOYMENT, flow_run_name="after the start", timeout=0, as_subflow=False
    )
