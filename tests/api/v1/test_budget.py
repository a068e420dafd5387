"""Each key has its own budget of requests, the same for all processes of the API."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.api_keys.budget import WINDOW, Allowance, take
from tests.api.server import Api
from tests.api.v1.client import Client, new_key, problem


async def test_above_the_budget_a_key_is_told_when_to_come_again(api: Api, database: AsyncEngine) -> None:
    client = Client(api.client, await new_key(database, rate=0.3))
    answers = [await client.get("/contacts") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"key";q=3;w=10'
    assert answers[0].headers["ratelimit"].startswith('"key";r=2;')
    problem(answers[3], 429, "too-many-requests")
    assert 1 <= int(answers[3].headers["retry-after"]) <= 4
    assert answers[3].headers["ratelimit"].startswith('"key";r=0;')


async def test_other_keys_have_their_own(api: Api, database: AsyncEngine) -> None:
    one, other = [Client(api.client, await new_key(database, rate=0.1)) for _ in range(2)]
    assert [(await one.get("/contacts")).status_code for _ in range(2)] == [200, 429]
    assert (await other.get("/contacts")).status_code == 200


async def test_requests_at_the_same_moment_share_one_budget(database: AsyncEngine) -> None:
    await new_key(database)
    async with database.connect() as connection:
        key_id = (await connection.execute(text("SELECT id FROM api_keys"))).scalar_one()

    async def ask() -> Allowance:
        async with database.begin() as connection:
            return await take(connection, key_id, requests_per_second=1)

    answers = await asyncio.gather(*(ask() for _ in range(30)))
    assert sum(answer.granted for answer in answers) in (WINDOW, WINDOW + 1)  # one more if a second went by
