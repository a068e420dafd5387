"""`tidings consent review`, as scripts run it, and as a person does on a terminal."""

import json
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.columns import utc_now
from models.inbound.handling import handle_inbound
from models.inbound.payload import read_inbound
from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE
from tests.integration.campaign_commands import Command
from tests.integration.outbox import sid
from tests.integration.population import phone


@pytest.fixture
async def waiting(committed: AsyncEngine) -> list[int]:
    """The ids of three reviews."""
    async with committed.begin() as connection:
        for number in range(3):
            form = {"MessageSid": sid(number + 1), "From": phone(number), "MessagingServiceSid": MARKETING_SERVICE}
            message = read_inbound({**form, "Body": "don't stop"}.items(), account_sid=ACCOUNT_SID)
            await handle_inbound(connection, message, now=utc_now())
        return list((await connection.execute(text("SELECT id FROM consent_reviews ORDER BY id"))).scalars())


async def _states(engine: AsyncEngine) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT state, decided_by FROM consent_reviews ORDER BY id"))
        return [tuple(row) for row in found]


async def test_listed_and_decided_by_a_script(
    tidings: Command, committed: AsyncEngine, waiting: list[int]
) -> None:
    listed = json.loads((await tidings("consent", "review", "list", "--json")).stdout)["reviews"]
    assert [(line["id"], line["body"], line["why"]) for line in listed] == [
        (each, "don't stop", 'like "dont stop"') for each in waiting
    ]
    assert phone(0) not in json.dumps(listed)
    first, second, _ = map(str, waiting)
    assert (await tidings("consent", "review", "decide", first, "--keep", "--actor", "Ada")).status == 0
    assert (await tidings("consent", "review", "decide", second, "--opt-out", "--actor", "Ada")).status == 0
    assert await _states(committed) == [("kept", "Ada"), ("opted_out", "Ada"), ("open", None)]
    again = await tidings("consent", "review", "decide", first, "--opt-out")
    assert again.refusal == f"Review {first} was decided by Ada: kept."
    assert "Ada" in (await tidings("consent", "review", "list", "--all")).stdout
    assert (await tidings("consent", "review", "decide", first)).status == 2


async def test_nothing_to_decide(tidings: Command) -> None:
    assert (await tidings("consent", "review")).stdout == "There is nothing to decide.\n"
    assert (await tidings("consent", "review", "decide", "1", "--keep")).refusal.startswith(
        "There is no review 1;"
    )


async def test_one_after_the_other_on_a_terminal(
    tidings: Command, committed: AsyncEngine, waiting: list[int]
) -> None:
    assert waiting
    with (
        patch("cli.consent_review.on_a_terminal", return_value=True),
        patch("typer.prompt", side_effect=["n", "l", "y"]),
        patch("getpass.getuser", return_value="ada"),
    ):
        done = await tidings("consent", "review")
    assert await _states(committed) == [("kept", "ada"), ("open", None), ("opted_out", "ada")]
    assert done.stdout.count("don't stop   <- this one") == 3
    assert "Nothing else waits." in done.stdout
