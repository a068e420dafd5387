"""Random histories through the real functions: as the oracle says, and derived from the ledger once more."""

import itertools
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.consent.rebuilding import differences
from tests.integration.consent.history import Life, histories

_numbers = itertools.count(100)


@pytest.fixture
async def organization_id(committed: AsyncEngine) -> UUID:
    async with committed.connect() as connection:
        return UUID(str((await connection.execute(text("SELECT id FROM organizations"))).scalar_one()))


def _phone() -> str:
    """Fictional, in area after area."""
    number = next(_numbers)
    return f"+1{202 + number // 100}55501{number % 100:02d}"


@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
@example(history=[("listed",), ("stop", "shoes"), ("stop", "hats"), ("start",), ("start",)])
@example(history=[("yes", "marketing", "shoes", "sms"), ("stop", None), ("listed",), ("start",), ("listed",)])
@example(history=[("join", "whatsapp"), ("stop", "shoes"), ("confirm", "whatsapp")])
@example(history=[("no", "transactional", "", "sms"), ("join", "sms"), ("start",), ("confirm", "sms")])
async def test_consent_is_what_the_history_says_and_the_ledger_proves_it(
    committed: AsyncEngine, organization_id: UUID, tmp_path: Path, history: list[tuple[Any, ...]]
) -> None:
    life = Life(organization_id, _phone(), tmp_path)
    for step in history:
        async with committed.begin() as connection:
            await life.live(connection, step)
            assert await life.states(connection) == life.oracle.states(), step
    assert [each async for each in differences(committed, organization_id=organization_id, correct=False)] == []
