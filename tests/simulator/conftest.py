"""The session's simulator; each test finds it empty, with quick delays and default settings."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.simulator.running import QUICK, Twilio, Webhooks, webhook_receiver


@pytest.fixture
async def twilio(simulator_url: str) -> AsyncIterator[Twilio]:
    async with aiohttp.ClientSession() as session:
        twilio = Twilio(simulator_url, session)
        defaults: dict[str, None] = dict.fromkeys(await twilio.get("settings"))
        await twilio.set(**defaults)
        await twilio.set(delays=QUICK, callbacks={"retry_delay": 0.02})
        await twilio.request("POST", "/simulator/reset")
        yield twilio


@pytest.fixture
async def webhooks() -> AsyncIterator[Webhooks]:
    async with webhook_receiver() as webhooks:
        yield webhooks
