"""`tidings apikey …`: keys made, listed and revoked as a person does it."""

import json
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.api_keys.callers import Caller, find_caller
from models.columns import utc_now
from tests.integration.campaign_commands import Command

CREATE = ("apikey", "create", "--scope", "messages:send", "--scope", "contacts:read", "--name", "web shop")


async def test_a_key_is_shown_once_and_then_only_its_prefix(tidings: Command, committed: AsyncEngine) -> None:
    made = await tidings(*CREATE)
    key = made.stdout.strip()
    assert made.status == 0
    assert "only once" in made.stderr
    caller = await _caller(committed, key)
    assert caller is not None
    assert caller.scopes == {"messages:send", "contacts:read"}
    listed = await tidings("apikey", "list", "--json")
    [line] = json.loads(listed.stdout)["keys"]
    assert (line["prefix"], line["name"], line["state"]) == (key.split("_")[1], "web shop", "active")
    assert key.split("_", 2)[2] not in listed.stdout + (await tidings("apikey", "list")).stdout


async def test_a_revoked_key_ends_at_once(tidings: Command, committed: AsyncEngine) -> None:
    made = json.loads((await tidings(*CREATE, "--json")).stdout)
    assert await _caller(committed, made["key"]) is not None
    assert (await tidings("apikey", "revoke", made["prefix"])).status == 0
    assert await _caller(committed, made["key"]) is None
    [line] = json.loads((await tidings("apikey", "list", "--json")).stdout)["keys"]
    assert line["state"] == "revoked"


async def test_a_key_ends_when_it_was_made_to(tidings: Command, committed: AsyncEngine) -> None:
    soon = (utc_now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    key = (await tidings(*CREATE, "--expires", soon)).stdout.strip()
    assert await _caller(committed, key) is not None
    assert await _caller(committed, key, after=timedelta(hours=2)) is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("apikey", "create", "--scope", "everything"), 'no scope "everything"'),
        ((*CREATE, "--expires", "2020-01-01"), "is over"),
        ((*CREATE, "--organization", "nobody"), 'no organization "nobody"'),
        (("apikey", "list", "--organization", "nobody"), 'no organization "nobody"'),
        (("apikey", "revoke", "000000000000"), 'no key "000000000000"'),
    ],
)
async def test_mistakes_are_told_in_one_sentence(tidings: Command, arguments: tuple[str, ...], says: str) -> None:
    assert says in (await tidings(*arguments)).refusal


async def _caller(engine: AsyncEngine, key: str, *, after: timedelta = timedelta(0)) -> Caller | None:
    async with engine.begin() as connection:
        return await find_caller(connection, key, now=utc_now() + after)
