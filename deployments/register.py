"""Registers the catalogue for a process work pool: `python -m deployments.register --pool NAME`.

Then `prefect worker start --pool NAME` runs the flows, on any number of machines that have Tidings installed, its
settings in their environment, and PREFECT_API_URL set to the same server.
"""

import argparse
import asyncio
import sys
from contextlib import suppress

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists

from deployments.catalogue import catalogue
from messaging.errors import TidingsError
from messaging.settings import load_settings

POOL_TYPE = "process"


async def register(pool: str) -> list[str]:
    """Makes the pool if there is none and registers every deployment for it; returns their names."""
    async with get_client() as client:
        with suppress(ObjectAlreadyExists):
            await client.create_work_pool(WorkPoolCreate(name=pool, type=POOL_TYPE))
    names = []
    for deployment in catalogue(load_settings()):
        await deployment.aapply(work_pool_name=pool)
        names.append(f"{deployment.flow_name}/{deployment.name}")
    return names


def main() -> int:
    """0 when done; 1 after one line on stderr."""
    parser = argparse.ArgumentParser(prog="python -m deployments.register", description=__doc__)
    parser.add_argument("--pool", required=True, help="the work pool's name")
    try:
        for name in asyncio.run(register(parser.parse_args().pool)):
            print(name)  # noqa: T201  # what it is for
    except TidingsError as error:
        print(error, file=sys.stderr)  # noqa: T201  # the one line for people
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
