"""What Prefect's server says of a flow run."""

import asyncio
from uuid import UUID

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.exceptions import ObjectNotFound

_SECONDS = 4.0


async def read_state(flow_run_id: str) -> "State[object] | None":
    """The flow run's state; None when the server does not answer in a few seconds, or knows no such flow run."""
    try:
        async with asyncio.timeout(_SECONDS), get_client() as client:
            return (await client.read_flow_run(UUID(flow_run_id))).state
    except (TimeoutError, httpx.HTTPError, ObjectNotFound):
        return None
