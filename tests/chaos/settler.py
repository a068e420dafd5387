"""What the sweep does by itself, as a process of its own: settles, expires, replays webhooks, again and again."""

import asyncio

from messaging.settings import load_settings
from models.messages.overdue import expire_overdue
from tasks.equipment import open_equipment
from tasks.replay import replay_webhooks
from tasks.settling import settle_all


async def settle_for_ever() -> None:
    """Until it is killed, or the database or a bug ends it: whoever started it starts it again."""
    settings = load_settings()
    async with open_equipment(settings) as tools:
        while True:
            await settle_all(tools)
            async with tools.engine.begin() as connection:
                await expire_overdue(connection, now=tools.clock())
            await replay_webhooks(tools)
            await asyncio.sleep(settings.tidings_sweep_seconds)


if __name__ == "__main__":
    asyncio.run(settle_for_ever())
