"""`tidings contacts unreachable` and `reach`, as a person runs them."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.integration.campaign_commands import Command
from tests.integration.outbox import PHONE
from tests.integration.reach.failing import ended, sent, someone, unreachable


@pytest.fixture
async def dead(committed: AsyncEngine) -> AsyncEngine:
    """A contact whose number is a landline's."""
    async with committed.begin() as connection:
        owner = (await connection.execute(text("SELECT id FROM organizations"))).scalar_one()
        await someone(connection, owner)
        await sent(connection, owner)
        await ended(connection, 1, "undelivered", code=30006)
    return committed


@pytest.mark.usefixtures("dead")
@pytest.mark.parametrize(("option", "number"), [((), "***23"), (("--show-numbers",), PHONE)])
async def test_who_cannot_be_reached_is_listed_with_the_reason(
    tidings: Command, option: tuple[str, ...], number: str
) -> None:
    told = json.loads((await tidings("contacts", "unreachable", "--json", *option)).stdout)
    why = "a landline or a carrier that takes no messages"
    assert told["counts"] == [{"channel": "sms", "code": 30006, "contacts": 1, "why": why}]
    assert [(one["phone"], one["code"], one["why"]) for one in told["numbers"]] == [(number, 30006, why)]


@pytest.mark.parametrize("which", [("(202) 555-0123",), ("--code", "30006")])
async def test_someone_knows_better(tidings: Command, dead: AsyncEngine, which: tuple[str, ...]) -> None:
    done = await tidings("contacts", "reach", *which)
    assert (done.status, done.stdout) == (0, "1 contact can be written to again.\n")
    async with dead.connect() as connection:
        assert await unreachable(connection) == {}


@pytest.mark.usefixtures("dead")
@pytest.mark.parametrize(
    ("which", "refusal"),
    [
        (("+12025550124",), "This number is not held to be unreachable; see `tidings contacts unreachable`."),
        (("--code", "30005"), "By code 30005 no number is held to be unreachable"),
    ],
)
async def test_where_there_is_nothing_to_end_it_is_said(
    tidings: Command, which: tuple[str, ...], refusal: str
) -> None:
    assert refusal in (await tidings("contacts", "reach", *which)).refusal


async def test_either_a_number_or_a_code(tidings: Command) -> None:
    assert (await tidings("contacts", "reach")).status == 2
