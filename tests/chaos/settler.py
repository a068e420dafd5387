"""What the sweep does for lost answers, as a process of its own: settles, again and again."""

import asyncio

from messaging.settings import load_settings
from models.messages.overdue import expire_overdue
from tasks.equipment import open_equipment
from tasks.settling import settle_all


async def settle_for_ever() -> None:
    """Until it is killed, or the database or a bug ends it: whoever started it starts it again."""
    settings = load_settings()
    async with open_equipment(settings) as tools:
        while True:
            await settle_all(tools)
            async with tools.engine.begin() as connection:
                await expire_overdue(connection, now=tools.clock())
            await asyncio.sleep(settings.tidings_sweep_seconds)


if __name__ == "__main__":
    asyncio.run(settle_for_ever())
