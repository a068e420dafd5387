"""The send path against the simulator: real requests, real PostgreSQL, no Prefect."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from tasks.equipment import Equipment, open_equipment
from tests.integration.sending.campaigns import Sending, start_campaign
from tests.simulator.running import ACCOUNT_SID, AUTH_TOKEN, Twilio, simulator_process

Start = Callable[..., Awaitable[Sending]]


@pytest.fixture(scope="session")
def simulator_url() -> Iterator[str]:
    with simulator_process() as url:
        yield url


@pytest.fixture
def sending_settings(settings: Settings, simulator_url: str) -> Settings:
    changes = {
        "twilio_account_sid": ACCOUNT_SID,
        "twilio_auth_token": SecretStr(AUTH_TOKEN),
        "twilio_api_base_url": simulator_url,
        "tidings_request_seconds": 2.0,
    }
    return settings.model_copy(update=changes)


@pytest.fixture
async def twilio(simulator_url: str) -> AsyncIterator[Twilio]:
    """The simulator, empty and with its default settings."""
    async with aiohttp.ClientSession() as session:
        twilio = Twilio(simulator_url, session)
        await twilio.set(**dict.fromkeys(await twilio.get("settings")))
        await twilio.request("POST", "/simulator/reset")
        yield twilio


@pytest.fixture
async def equipment(committed: AsyncEngine, sending_settings: Settings) -> AsyncIterator[Equipment]:  # noqa: ARG001 (emptied after it)
    async with open_equipment(sending_settings) as equipment:
        yield equipment


@pytest.fixture
async def start(committed: AsyncEngine, twilio: Twilio) -> Start:  # noqa: ARG001 (empties the simulator)
    """Starts a campaign to some numbers, all of whom agreed; the simulator is empty."""
    async with committed.connect() as connection:
        found = await connection.execute(text("SELECT id FROM organizations WHERE slug = 'default'"))
        organization_id = found.scalar_one()

    async def start(people: int, **options: Any) -> Sending:
        return await start_campaign(committed, organization_id, people=people, **options)

    return start
