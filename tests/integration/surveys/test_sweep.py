"""The sweep's step: late surveys and questions end, reminders are planned, in every batch that is due."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.settings import Settings
from models.organizations import find_organization
from models.surveys import ending
from tasks.equipment import Equipment, open_equipment
from tasks.surveys import tend_surveys
from tests.integration.outbox import NOW, rows
from tests.integration.surveys.person import Person, set_up


class Clock:
    """Business time that only moves when told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def tools(settings: Settings, committed: AsyncEngine, clock: Clock) -> AsyncIterator[Equipment]:
    async with committed.begin() as connection:
        await set_up(connection, (await find_organization(connection, "default")).id)
        for number in range(3):
            await Person(connection, phone=f"+1202555013{number}").says("visit")
        await Person(connection, phone="+12025550140").says("join")
    async with open_equipment(settings, clock=clock, needs_callbacks=False) as equipment:
        yield equipment


async def test_everything_that_is_due(tools: Equipment, clock: Clock, committed: AsyncEngine) -> None:
    assert await tend_surveys(tools) == {}
    clock.now += timedelta(hours=5)
    assert await tend_surveys(tools) == {"reminded": 3}
    clock.now += timedelta(hours=20)
    with patch.object(ending, "MOST_AT_ONCE", 2):
        assert await tend_surveys(tools) == {"timed out": 3}
    clock.now += timedelta(days=7)
    assert await tend_surveys(tools) == {"never confirmed": 1}
    assert await tend_surveys(tools) == {}
    async with committed.connect() as connection:
        planned = "SELECT count(*)::int FROM messages WHERE direction = 'outbound' AND state = 'planned'"
        assert await rows(connection, planned) == [(3,)]
        ended = "SELECT count(*)::int FROM survey_runs WHERE state = 'timed_out'"
        assert await rows(connection, ended) == [(3,)]
