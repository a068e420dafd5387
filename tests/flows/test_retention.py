"""The retention flow: by its form, under a Prefect server, with what it did as an artifact."""

import json
from datetime import timedelta

import pytest
from prefect.client.orchestration import get_client
from sqlalchemy import text

from flows.retention import RetentionOrder, retention
from models.columns import utc_now
from tasks.equipment import Equipment
from tests.fixtures.sending import Start
from tests.integration.direct.posting import draft, post

pytestmark = pytest.mark.usefixtures("flow_environment")


async def test_it_lets_go_of_what_is_old_and_tells_how_much(start: Start, equipment: Equipment) -> None:
    organization_id = (await start(0)).organization_id
    await post(equipment.engine, organization_id, draft(1))
    async with equipment.engine.begin() as connection:
        old = {"then": utc_now() - timedelta(days=366)}
        await connection.execute(text("UPDATE messages SET state = 'delivered', created_at = :then"), old)
    for dry_run, left in ((True, 1), (False, 0)):
        await retention(RetentionOrder(dry_run=dry_run))
        async with equipment.engine.connect() as connection:
            bodies = await connection.execute(text("SELECT count(*) FROM messages WHERE body IS NOT NULL"))
            assert bodies.scalar_one() == left
    async with get_client() as client:
        found = [each for each in await client.read_artifacts() if each.key == "retention"]
    assert [json.loads(str(each.data))[0]["messages"] for each in found] == [1, 1]
