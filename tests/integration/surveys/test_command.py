"""`tidings surveys …` as a person runs it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.organizations import find_organization
from tests.integration.campaign_commands import Command, execute
from tests.integration.outbox import rows
from tests.integration.population import add_contact
from tests.integration.surveys.person import SURVEY, Person, set_up

OTHER = "+12025550124"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], None]:
    """Writes the file visit.yaml, which is there from the beginning."""

    def write(source: str) -> None:
        (tmp_path / "visit.yaml").write_text(source)

    write(SURVEY)
    return write


async def _answered(engine: AsyncEngine) -> None:
    """One person has finished, with a formula for a reason; another is under way."""
    async with engine.begin() as connection:
        await set_up(connection, (await find_organization(connection, "default")).id)
        await Person(connection).talks("visit", "9", "=1+1", "no")
        await Person(connection, phone=OTHER).talks("visit", "9")


async def test_load_show_and_list(tidings: Command, write: Callable[[str], None]) -> None:
    loaded = await tidings("surveys", "load", "visit.yaml")
    assert (loaded.status, loaded.stdout) == (0, 'Survey "visit", version 1, 3 steps.\n')
    assert (await tidings("surveys", "show", "visit")).stdout == SURVEY.rstrip("\n") + "\n"
    write(SURVEY.replace("Hi!", "Hello!"))
    again = json.loads((await tidings("surveys", "load", "visit.yaml", "--json")).stdout)
    assert (again["name"], again["version"]) == ("visit", 2)
    [line] = json.loads((await tidings("surveys", "list", "--json")).stdout)["surveys"]
    assert (line["name"], line["version"], line["steps"], line["active"]) == ("visit", 2, 3, 0)
    assert "visit" in (await tidings("surveys", "list")).stdout


async def test_a_mistake_is_told_with_its_place(tidings: Command, write: Callable[[str], None]) -> None:
    write(SURVEY.replace("{{ again }}", "{{ agian }}"))
    refused = await tidings("surveys", "load", "visit.yaml")
    assert refused.refusal.startswith("visit.yaml, line 8, column ")
    assert 'there is no variable "agian"; did you mean "again"?' in refused.refusal


@pytest.mark.parametrize("command", ["show", "results", "send"])
async def test_a_survey_that_is_none(tidings: Command, command: str) -> None:
    more = ("--to", OTHER) if command == "send" else ()
    refused = await tidings("surveys", command, "vist", *more)
    assert refused.refusal == 'There is no survey "vist"; see `tidings surveys list`.'


async def test_results(tidings: Command, committed: AsyncEngine, tmp_path: Path) -> None:
    await _answered(committed)
    done = await tidings("surveys", "results", "visit", "--csv", "out.csv", "--json")
    assert done.stderr == "Rows written to out.csv: 2.\n"
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["states"] == {"finished": 1, "active": 1}
    assert found["steps"] == {"score": {"9": 2}, "why": {}, "again": {"no": 1}}
    with (tmp_path / "out.csv").open(newline="") as opened:
        finished, active = csv.DictReader(opened)
    assert [finished[name] for name in ("state", "score", "why", "again")] == ["finished", "9", "'=1+1", "no"]
    assert [active[name] for name in ("phone", "state", "score", "why")] == [f"'{OTHER}", "active", "9", ""]
    assert "finished" in (await tidings("surveys", "results", "visit")).stdout


async def test_results_of_another_organization_are_not_shown(tidings: Command, committed: AsyncEngine) -> None:
    await _answered(committed)
    await execute(
        committed,
        "INSERT INTO organizations (id, slug, name, default_region, created_at)"
        " VALUES (gen_random_uuid(), 'other', 'Other', 'US', now())",
    )
    refused = await tidings("surveys", "results", "visit", "--organization", "other")
    assert refused.refusal == 'There is no survey "visit"; see `tidings surveys list`.'
    assert json.loads((await tidings("surveys", "list", "--organization", "other", "--json")).stdout) == {
        "surveys": []
    }


async def test_send(tidings: Command, committed: AsyncEngine, write: Callable[[str], None]) -> None:
    write(SURVEY)
    await tidings("surveys", "load", "visit.yaml")
    async with committed.begin() as connection:
        organization_id = (await find_organization(connection, "default")).id
        await add_contact(connection, organization_id, "+12025550130", tags=("patient",))
        await add_contact(
            connection,
            organization_id,
            "+12025550131",
            tags=("patient",),
            consent={"transactional": "opted_out"},
        )
    sent = await tidings("surveys", "send", "visit", "--tag", "patient", "--json")
    assert json.loads(sent.stdout) == {"asked": 1, "left_out": {"opted_out": 1}}, sent.stderr
    again = await tidings("surveys", "send", "visit", "--to", "(202) 555-0130", "--to", OTHER, "--json")
    left_out = {"asked before, or in the middle of a survey": 1}
    assert json.loads(again.stdout) == {"asked": 1, "left_out": left_out}
    async with committed.connect() as connection:
        waiting = "SELECT phone FROM survey_runs r JOIN contacts c ON c.id = r.contact_id ORDER BY phone"
        assert await rows(connection, waiting) == [(OTHER,), ("+12025550130",)]
    refused = await tidings("surveys", "send", "visit", "--to", "12")
    assert refused.status == 1
    assert (await tidings("surveys", "send", "visit")).status == 2
