"""A world played through the product: an empty database, the simulator, business time as the steps say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import aiohttp
from pydantic import SecretStr
from sqlalchemy import text

from messaging.settings import Settings
from models.bootstrap import upsert_organization
from models.engine import open_engine
from models.replies.store import save_rules
from tasks.equipment import open_equipment
from tests.fixtures.emptying import ledger_unlocked
from tests.oracle.doors import BusinessClock, Doors
from tests.oracle.world import BEGIN, World, draw_world
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, OTHER_SERVICE, SERVICE, Twilio

REPLIES = "rules:\n  - words: [join]\n    join: {}\n"
NEVER = {"low": 3_000.0, "high": 3_000.0}
_EMPTY = text("TRUNCATE organizations, budgets, receiver_beats, watches, webhook_archives CASCADE")


def oracle_settings(*, database_url: str, simulator_url: str, home: Path) -> Settings:
    """Of an account of the simulator's, with quiet hours; no `.env` is read."""
    return Settings.model_validate(
        {
            "twilio_account_sid": ACCOUNT_SID,
            "twilio_auth_token": SecretStr(AUTH_TOKEN),
            "tidings_hash_key": "5a" * 32,
            "twilio_messaging_service_transactional": OTHER_SERVICE,
            "twilio_messaging_service_marketing": SERVICE,
            "twilio_api_base_url": simulator_url,
            "public_base_url": "http://127.0.0.1:9",
            "tidings_database_url": database_url,
            "tidings_home": home,
            "tidings_quiet_hours": True,
            "tidings_request_seconds": 2.0,
            "tidings_lease_seconds": 60.0,
            "tidings_sender_rate": 100_000.0,
            "tidings_burst_messages": 1_000_000,
        }
    )


@asynccontextmanager
async def opened_world(settings: Settings, world: World, folder: Path) -> AsyncIterator[Doors]:
    """The product before the first step, and emptied after the last."""
    clock = BusinessClock(BEGIN)
    async with (
        open_engine(settings, application="oracle", pool_size=2) as engine,
        open_equipment(settings, clock=clock) as tools,
        aiohttp.ClientSession() as session,
    ):
        twilio = Twilio(settings.twilio_api_base_url or "", session)
        await _prepare(twilio, world)
        async with engine.begin() as connection:
            await upsert_organization(connection, settings)
            organization_id = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
            await save_rules(connection, organization_id, REPLIES, now=BEGIN)
        try:
            yield Doors(tools, clock, twilio, organization_id, folder)
        finally:
            async with engine.begin() as connection, ledger_unlocked(connection):
                await connection.execute(_EMPTY)


async def _prepare(twilio: Twilio, world: World) -> None:
    """Nobody hears of statuses here; some numbers are refused by Twilio itself."""
    scripts = {person.phone: {"error": 21610} for person in world.people if person.blocked}
    scripts |= {person.phone: {"error": 21614} for person in world.people if person.dead}
    await twilio.set(**dict.fromkeys(await twilio.get("settings")))  # what an earlier world has set
    await twilio.set(scripts=scripts, delays=dict.fromkeys(("queued", "sent", "final", "read"), NEVER))
    await twilio.request("POST", "/simulator/reset")


async def play_world(settings: Settings, folder: Path, *, seed: int, contacts: int) -> tuple[World, Doors]:
    """The world of a seed, and what the product did with it."""
    world = draw_world(Random(seed), contacts=contacts)  # noqa: S311 (no secret)
    async with opened_world(settings, world, folder) as doors:
        await doors.play(world.steps)
    return world, doors
