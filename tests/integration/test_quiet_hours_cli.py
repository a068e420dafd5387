"""`tidings quiet-hours`, as a person runs it."""

import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.integration.campaign_commands import Command
from tests.integration.population import add_contact

TEN_IN_THE_EVENING = "2026-11-25T03:00:00"  # of Tuesday, in New York


async def asked(tidings: Command, *options: str) -> dict[str, Any]:
    done = await tidings("quiet-hours", *options, "--at", TEN_IN_THE_EVENING, "--json")
    assert done.status == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


async def test_rules_are_told_with_their_sources_and_the_next_hour(tidings: Command) -> None:
    told = await asked(tidings, "+1 850 555 0123")
    assert told["zones"] == ["America/Chicago", "America/New_York"]
    assert [(rule["region"], rule["hours"]) for rule in told["rules"]] == [
        ("US", "daily 08:00-21:00"),
        ("US-FL", "daily 08:00-20:00"),
    ]
    assert all(rule["source"] and rule["as_of"] for rule in told["rules"])
    assert (told["open"], told["opens_at"]) == (False, "2026-11-25T14:00:00+00:00")
    assert told["kept"] is False, "the tests' setting"


@pytest.mark.parametrize(
    ("options", "opens_at"),
    [
        (("--zone", "America/New_York"), "2026-11-25T13:00:00+00:00"),
        (("--postcode", "96813"), "2026-11-25T03:00:00+00:00"),
        (("--region", "US-TX"), "2026-11-25T16:00:00+00:00"),
    ],
)
async def test_what_is_said_counts(tidings: Command, options: tuple[str, ...], opens_at: str) -> None:
    assert (await asked(tidings, "+18505550123", *options))["opens_at"] == opens_at


async def test_what_is_stored_counts_before_the_number(tidings: Command, committed: AsyncEngine) -> None:
    async with committed.begin() as connection:
        organization_id = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
        await add_contact(connection, organization_id, "+18505550123")
        await connection.execute(text("UPDATE contacts SET timezone = 'Pacific/Honolulu', region = 'US-HI'"))
    told = await asked(tidings, "+18505550123")
    assert (told["regions"], told["open"]) == (["US-HI"], True)


async def test_for_people_it_is_a_few_lines(tidings: Command) -> None:
    done = await tidings("quiet-hours", "+18505550123", "--at", TEN_IN_THE_EVENING)
    assert "America/New_York (Tue 22:00)" in done.stdout
    assert "Quiet until 08:00 in Chicago (2026-11-25T14:00:00+00:00). This holds for: marketing." in done.stdout
    assert "Quiet hours are off" in done.stdout
    refused = await tidings("quiet-hours", "12")
    assert refused.status == 1
