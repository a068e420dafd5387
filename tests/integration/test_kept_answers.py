"""Answers kept for repeated requests: one for each key, forgotten after their time."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from models.columns import utc_now
from models.kept_answers import (
    KEPT,
    Answer,
    KeyReused,
    RepeatableRequest,
    answered_before,
    forget_answers,
    keep_answer,
)

GIVEN = Answer(202, {"id": 4711})


async def test_the_same_request_finds_its_answer(connection: AsyncConnection, organization_id: UUID) -> None:
    request = RepeatableRequest(organization_id, "order 9", b"a" * 32)
    assert await answered_before(connection, request, now=utc_now()) is None
    assert await answered_before(connection, request, now=utc_now()) is None  # the process died before its answer
    await keep_answer(connection, request, GIVEN)
    assert await answered_before(connection, request, now=utc_now()) == GIVEN


async def test_another_request_is_refused(connection: AsyncConnection, organization_id: UUID) -> None:
    await answered_before(connection, RepeatableRequest(organization_id, "order 9", b"a" * 32), now=utc_now())
    with pytest.raises(KeyReused):
        await answered_before(connection, RepeatableRequest(organization_id, "order 9", b"b" * 32), now=utc_now())


async def test_old_answers_are_forgotten(connection: AsyncConnection, organization_id: UUID) -> None:
    now = utc_now()
    old, young = [RepeatableRequest(organization_id, key, b"a" * 32) for key in ("old", "young")]
    for request, age in ((old, KEPT + timedelta(seconds=1)), (young, KEPT - timedelta(minutes=1))):
        await answered_before(connection, request, now=now - age)
        await keep_answer(connection, request, GIVEN)
    assert await forget_answers(connection, now=now) == 1
    assert await answered_before(connection, young, now=now) == GIVEN
    assert await answered_before(connection, old, now=now) is None
