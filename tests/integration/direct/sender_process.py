"""The direct flow's work as a process of its own, for tests that kill it."""

import asyncio

from messaging.settings import load_settings
from tasks.direct import send_direct
from tasks.equipment import open_equipment


async def _main() -> None:
    async with open_equipment(load_settings()) as tools:
        await send_direct(tools)


if __name__ == "__main__":
    asyncio.run(_main())
