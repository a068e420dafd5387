"""A flow for the stack to run on a schedule, and one that does not end by itself."""

import asyncio
from datetime import timedelta

from prefect import flow
from prefect.deployments.runner import RunnerDeployment

from deployments.serve import serve
from tasks.process_guard import arm_parent_death_signal

arm_parent_death_signal()


@flow
async def heartbeat() -> str:
    return "beat"


@flow
async def endless() -> None:
    await asyncio.sleep(600)


def deployments() -> list[RunnerDeployment]:
    return [
        RunnerDeployment.from_entrypoint(
            "tests.e2e.heartbeat.heartbeat", name="heartbeat", interval=timedelta(seconds=5)
        ),
        RunnerDeployment.from_entrypoint("tests.e2e.heartbeat.endless", name="endless"),
    ]


if __name__ == "__main__":
    asyncio.run(serve(deployments()))
